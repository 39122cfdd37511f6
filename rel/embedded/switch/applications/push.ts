// `push NAME=VALUE`: appends to an array variable.

import type { Application } from '../calls/contract.ts';

export const push: Application = {
  run({ channel, args }) {
    const [, name, value] = /^\s*([^=]+)=(.*)$/s.exec(args) ?? [];
    if (name && value) channel.set(name, [...[channel.variables.get(name) ?? []].flat(), value]);
    return undefined;
  },
};
