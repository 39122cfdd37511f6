// Registrations: told by the edge, kept and queried by registrar (contract/kapi.md, kapi_registration).
import { message, segment, Type } from '../contract/index.ts';
import { Any, all, Count, Flag, maybeOneOf, maybeText, some, Text, Texts, text, Vars } from './fields.ts';

const Number_ = Type.Union([Count, Text]);

/** A contact was saved (or, with Expires 0 and Status Unregistered, removed). */
export const regSuccess = message({
  category: 'directory',
  name: 'reg_success',
  exchange: 'registrar',
  key: (m) => `registration.success.${segment(m.Realm)}.${segment(m.Username)}`,
  fields: {
    ...text('Contact Realm Username'),
    ...all(Number_, 'Event-Timestamp Expires'),
    ...maybeText(`Account-DB Account-ID AOR Authorizing-ID Call-ID FreeSWITCH-Hostname FreeSWITCH-Nodename From-Host From-User
      Network-IP Original-Contact Path Presence-Hosts Profile-Name Proxy-IP Proxy-Path Proxy-Protocol Proxy-URI Registrar-Node RPid
      RUID Source-IP To-Host To-User User-Agent`),
    ...some(Number_, 'Network-Port Proxy-Port Source-Port'),
    ...some(Any, 'First-Registration Register-Overwrite-Notify Suppress-Unregister-Notify'),
    Status: maybeOneOf('Registered', 'Unregistered'),
    'Custom-Channel-Vars': Type.Optional(Vars),
  },
});

/** One registration in an answer: the fields of reg_success. */
const Registration = Vars;

export const regQueryResp = message({
  category: 'directory',
  name: 'reg_query_resp',
  exchange: 'targeted',
  fields: {
    Count: Type.Optional(Count),
    Fields: Type.Optional(Type.Array(Registration)),
    'Registrar-Age': Type.Optional(Count),
  },
});

export const regQueryError = message({
  category: 'directory',
  name: 'reg_query_error',
  exchange: 'targeted',
  fields: { 'Registrar-Age': Type.Optional(Count) },
});

/** Who is registered in a realm, or as one user of it. */
export const regQuery = message({
  category: 'directory',
  name: 'reg_query',
  exchange: 'registrar',
  key: (m) => `registration.query.${segment(m.Realm ?? '*')}.${segment(m.Username ?? '*')}`,
  fields: { ...maybeText('Realm Username'), 'Count-Only': Type.Optional(Flag), Fields: Type.Optional(Texts) },
  answers: [regQueryResp, regQueryError],
});

/** Forget credentials and bindings of a realm, or of one user of it. */
export const regFlush = message({
  category: 'directory',
  name: 'reg_flush',
  exchange: 'registrar',
  key: (m) => `registration.flush.${segment(m.Realm)}`,
  fields: { ...text('Realm'), ...maybeText('Username'), 'Cache-Only': Type.Optional(Flag) },
});

/** Asks every edge to tell its bindings again, as reg_success to the Server-ID. */
export const regSync = message({
  category: 'directory',
  name: 'reg_sync',
  exchange: 'registrar',
  key: () => 'registration.sync',
  fields: {},
});
