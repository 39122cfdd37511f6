// `speak [ENGINE|VOICE|]TEXT`: text to speech by the machine's speech engine.

import type { Application } from '../calls/contract.ts';
import { playSource } from '../calls/playback.ts';
import { openSpeech } from '../media/index.ts';

export const speak: Application = {
  media: true,
  async run({ channel, args, signal }) {
    const parts = args.split('|');
    const text = parts.length > 2 ? parts.slice(2).join('|') : args;
    const source = await openSpeech(text, channel.find('default_language'));
    return playSource(source, `speak:${text}`, { channel, signal });
  },
};
