// `soft_hold KEY [A-MUSIC [B-MUSIC]]`: two bridged legs do not hear each other, each its own music, until the key is pressed.

import type { Channel } from '../calls/channel.ts';
import type { Application } from '../calls/contract.ts';
import { playPath } from '../calls/playback.ts';
import { splitArguments } from '../calls/route.ts';

export const softHold: Application = {
  async run({ channel, args, signal }) {
    const [key = '', own = 'silence', theirs = 'silence'] = splitArguments(args);
    const peer = channel.bridgedTo;
    if (!peer) return '-ERR not bridged';
    const over = new AbortController();
    const end = (): void => over.abort();
    const press = ({ digit }: { readonly digit: string }): void => {
      if (digit === key) end();
    };
    channel.on('digit', press);
    peer.once('hangup', end);
    const ended = AbortSignal.any([signal, over.signal]);
    const play = (each: Channel, music: string): Promise<string> =>
      playPath(heard(music), { channel: each, signal: ended, loops: 0, onDigit: () => false });
    await Promise.all([play(channel, own), play(peer, theirs)]);
    channel.off('digit', press);
    return undefined;
  },
};

const heard = (music: string): string => (music === 'silence' ? 'silence_stream://1000' : music);
