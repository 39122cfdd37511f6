// `export [nolocal:]NAME=VALUE`: a variable that legs made on behalf of this channel get too.

import type { Application } from '../calls/contract.ts';
import { assign } from './set.ts';

export const exportVariable: Application = {
  run({ channel, args }) {
    const name = assign(channel, args);
    if (!name) return undefined;
    const exported = new Set(channel.find('export_vars')?.split(',') ?? []);
    channel.set('export_vars', [...exported.add(name)].join(','));
    return undefined;
  },
};
