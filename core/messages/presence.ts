// Presence: what lamps on phones show (contract/kapi.md, kapi_presence).
import { message, segment, Type } from '../contract/index.ts';
import { Count, maybeOneOf, maybeText, text } from './fields.ts';

const realmOf = (address: string): string =>
  address
    .replace(/^sips?:/, '')
    .split('@')
    .at(-1) ?? '';

/** The state of one call of a presence id (`user@realm`). `Expires` in seconds. */
export const dialogUpdate = message({
  category: 'presence',
  name: 'dialog_update',
  exchange: 'presence',
  key: (m) => `dialog.${segment(realmOf(m['Presence-ID'] ?? m.From))}.${segment(m['Call-ID'] ?? '')}`,
  fields: {
    ...text('From To'),
    ...maybeText(`Call-Cookie Call-ID Event-Package From-Realm From-Tag From-URI From-User Presence-ID Presentity
      Presentity-Realm Presentity-User Switch-URI Target-Call-ID To-Realm To-Tag To-URI To-User`),
    Direction: maybeOneOf('initiator', 'recipient'),
    Expires: Type.Optional(Count),
    'Flush-Level': Type.Optional(Count),
    State: maybeOneOf('confirmed', 'early', 'terminated'),
  },
});
