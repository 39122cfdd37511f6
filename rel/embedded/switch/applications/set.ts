// `set NAME=VALUE`: a variable of this channel; no value unsets it.

import type { Channel } from '../calls/channel.ts';
import type { Application } from '../calls/contract.ts';

/** Splits at the first `=`; a text without one names a variable to unset. */
export function assign(channel: Channel, text: string): string | undefined {
  const [, name, value] = /^\s*([^=]+?)\s*(?:=(.*))?$/s.exec(text) ?? [];
  if (name) channel.set(name, value?.replace(/^'(.*)'$/s, '$1'));
  return name;
}

export const set: Application = {
  run({ channel, args }) {
    assign(channel, args);
    return undefined;
  },
};
