// What all call control commands have in common.
import { message, type TProperties, Type } from '../../contract/index.ts';
import { maybeOneOf, Texts, text } from '../fields.ts';

/** `tail` queues behind the running command, `head` next, `flush` empties the queue first, `now` runs beside it. */
const commandFields = { ...text('Call-ID'), 'Insert-At': maybeOneOf('head', 'tail', 'flush', 'now') };

export function command<const N extends string, P extends TProperties>(name: N, summary: string, fields: P) {
  return message({
    category: 'call',
    name: 'command',
    exchange: 'callctl',
    summary,
    fields: { ...commandFields, 'Application-Name': Type.Literal(name), ...fields },
  });
}

export const leg = maybeOneOf('A', 'B', 'Both');
/** The keys that end what plays; `none` says that there are none. */
export const keys = Type.Union([Texts, Type.Literal('none')]);
export const terminators = Type.Optional(keys);
