// `hupall [CAUSE [VARIABLE VALUE]]`.

import { findCause } from '../calls/causes.ts';
import type { Api } from '../calls/contract.ts';

export const hupall: Api = ({ channels }, args) => {
  const [named, variable, value = ''] = args.trim().split(/\s+/);
  const cause = findCause(named) ?? 'MANAGER_REQUEST';
  for (const channel of [...channels.values()]) {
    if (!variable || channel.find(variable) === value) channel.hangup(cause);
  }
  const which = variable ? ` matching [${variable}]=[${value}]` : '';
  return `+OK hangup all channels${which} with cause${variable ? ':' : ''} ${cause}\n`;
};
