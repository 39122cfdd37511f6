// What the caller hears while the other side rings: a plain 180, or the tone or file of `ringback`.

import { openSource } from '../media/index.ts';
import type { Channel } from './channel.ts';

/** `start` is called at the first ringing; both may be called at any time, more than once. */
export function startRingback(channel: Channel, signal: AbortSignal): { start(): void; stop(): void } {
  const path = ringbackPath(channel);
  let started = false;
  let over = false;

  async function play(path: string): Promise<void> {
    if (!channel.answered) await channel.driver.progress();
    const source = await openSource(path);
    if (over || signal.aborted || !channel.leg) source.close();
    else await channel.leg.play(source, { loops: 0 });
  }

  const ringback = {
    start() {
      if (started || over) return;
      started = true;
      if (!path) {
        if (!channel.answered && !channel.early) channel.driver.ring();
        return;
      }
      play(path).catch((error: unknown) =>
        channel.core.log.warn('no ringback', { uuid: channel.uuid, path, error }),
      );
    },
    stop() {
      over = true;
      if (started && path) channel.leg?.stopPlay();
    },
  };
  if (channel.isTrue('instant_ringback')) ringback.start();
  return ringback;
}

/** `%(2000,4000,440,480)` is a tone; anything else a file or stream, played again and again. */
function ringbackPath(channel: Channel): string | undefined {
  const find = (name: string): string | undefined => channel.find(name) ?? channel.core.globals.get(name);
  const value = (channel.answered ? find('transfer_ringback') : undefined) ?? find('ringback');
  if (!value) return undefined;
  return value.includes('%(') && !value.includes('://') ? `tone_stream://${value}` : value;
}
