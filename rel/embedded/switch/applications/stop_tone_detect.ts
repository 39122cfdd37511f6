// `stop_tone_detect`: what is heard from here on is no longer told.

import type { Application } from '../calls/contract.ts';

export const stopToneDetect: Application = {
  run({ channel }) {
    channel.set('stop_tone_detect', 'true');
    return undefined;
  },
};
