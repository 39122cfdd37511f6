// `say MODULE TYPE METHOD TEXT`: spoken in English by the machine's speech engine, digit by digit where asked so.

import type { Application } from '../calls/contract.ts';
import { playSource } from '../calls/playback.ts';
import { splitArguments } from '../calls/route.ts';
import { openSpeech } from '../media/index.ts';

export const say: Application = {
  media: true,
  async run({ channel, args, signal }) {
    const [language = 'en', type = '', method = '', ...words] = splitArguments(args);
    const text = words.join(' ');
    const spelled = /iterated/i.test(method) || /^(name_spelled|telephone_number)$/i.test(type);
    const source = await openSpeech(spelled ? [...text].join(' ') : text, language);
    return playSource(source, `say:${text}`, { channel, signal });
  },
};
