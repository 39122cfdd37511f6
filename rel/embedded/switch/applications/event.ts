// `event Event-Name=CUSTOM,Event-Subclass=kazoo::noop,Name=Value`: sends an event of this channel.

import type { Application } from '../calls/contract.ts';
import { parseVariables } from '../calls/dialstring.ts';

export const event: Application = {
  run({ channel, args }) {
    const fields = parseVariables(args);
    const name =
      fields.get('Event-Name') ?? (fields.has('Event-Subclass') ? 'CUSTOM' : 'CHANNEL_APPLICATION');
    channel.publish(name, fields);
    return undefined;
  },
};
