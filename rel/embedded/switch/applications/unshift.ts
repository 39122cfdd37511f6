// `unshift NAME=VALUE`: puts a value in front of an array variable.

import type { Application } from '../calls/contract.ts';

export const unshift: Application = {
  run({ channel, args }) {
    const [, name, value] = /^\s*([^=]+)=(.*)$/s.exec(args) ?? [];
    if (name && value) channel.set(name, [value, ...[channel.variables.get(name) ?? []].flat()]);
    return undefined;
  },
};
