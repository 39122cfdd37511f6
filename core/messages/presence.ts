// Presence: what lamps on phones show (contract/kapi.md, kapi_presence).
import { message, segment, Type } from '../contract/index.ts';
import { Any, Count, Flag, maybeOneOf, maybeText, some, text, Vars } from './fields.ts';

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

export const presenceStates = ['confirmed', 'early', 'terminated'] as const;

/** The state of a presence id (`user@realm`), set by hand or by a feature. */
export const presenceUpdate = message({
  category: 'presence',
  name: 'update',
  exchange: 'presence',
  key: (m) => `update.${segment(realmOf(m['Presence-ID']))}.${segment(m['Call-ID'] ?? '')}`,
  fields: {
    ...text('Presence-ID'),
    State: Type.Enum([...presenceStates, 'trying', 'online', 'offline']),
    ...maybeText(`Call-Direction Call-ID Event-Package From From-Realm From-Tag From-User Switch-URI Target-Call-ID To
      To-Realm To-Tag To-User`),
  },
});

/** Forget what is believed of somebody, and tell lamps anew. */
export const presenceReset = message({
  category: 'presence',
  name: 'reset',
  exchange: 'presence',
  key: (m) => `presence.reset.${segment(m.Realm)}.${segment(m.Username)}`,
  fields: { ...text('Realm Username'), ...maybeText('Event-Package') },
});

export const presenceSearchPartialResp = message({
  category: 'presence',
  name: 'search_partial_resp',
  exchange: 'targeted',
  fields: { Subscriptions: Any },
});
/** The last answer of one edge. */
export const presenceSearchResp = message({
  category: 'presence',
  name: 'search_resp',
  exchange: 'targeted',
  fields: { Subscriptions: Type.Optional(Any) },
});

/** Who is subscribed to what in a realm: how many, or with `Search-Type` detail each. */
export const presenceSearchReq = message({
  category: 'presence',
  name: 'search_req',
  exchange: 'presence',
  key: (m) => `presence.search_req.${segment(m.Realm)}`,
  fields: { ...text('Realm'), ...maybeText('Event-Package Search-Type Username') },
  answers: [presenceSearchPartialResp, presenceSearchResp],
});

/** How many messages wait in a voicemail box: what the lamp of a phone shows. `To` is `user@realm`. */
export const mwiUpdate = message({
  category: 'presence',
  name: 'mwi_update',
  exchange: 'presence',
  key: (m) => {
    const [user = '', realm = ''] = m.To.split('@');
    return `mwi_updates.${segment(realm)}.${segment(user)}`;
  },
  fields: {
    ...text('To'),
    'Messages-New': Count,
    'Messages-Saved': Count,
    ...some(Count, 'Expires Messages-Urgent Messages-Urgent-Saved'),
    ...some(Flag, 'Messages-Waiting'),
    ...maybeText(`Call-ID Extended-Presence-ID From From-Realm From-User Message-Account Presence-ID To-Realm
      To-User`),
    ...some(Vars, 'Custom-Channel-Vars'),
  },
});
