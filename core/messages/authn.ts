// Authentication of SIP requests and tokens (contract/kapi.md, kapi_authn).
import { message, segment, Type } from '../contract/index.ts';
import { all, Count, Flag, maybeText, some, Text, text, Vars } from './fields.ts';

const answerFields = {
  ...maybeText('Access-Group Auth-Nonce Auth-Username'),
  ...some(Vars, 'Custom-Channel-Vars Custom-SIP-Headers'),
  ...some(Flag, 'Register-Overwrite-Notify Suppress-Unregister-Notifications'),
  Expires: Type.Optional(Count),
};

/** The clear password of a SIP user; the edge checks the digest itself. */
export const authnResp = message({
  category: 'directory',
  name: 'authn_resp',
  exchange: 'targeted',
  fields: {
    ...answerFields,
    'Auth-Method': Type.Enum(['password', 'ip', 'a1-hash', 'error', 'gsm', 'nonce', 'a3a8']),
    ...text('Auth-Password'),
    'Trusted-Auth': Type.Optional(Text),
  },
});

/** No such user, or not allowed. `Permanent-Error` ("true") may be cached by the edge. */
export const authnErr = message({
  category: 'directory',
  name: 'authn_err',
  exchange: 'targeted',
  fields: maybeText('Permanent-Error'),
});

const requestFields = {
  ...text('From To'),
  ...maybeText('Call-ID Contact Orig-IP Switch-Hostname User-Agent'),
  ...some(Type.Union([Count, Text]), 'Expires Orig-Port'),
  'Custom-SIP-Headers': Type.Optional(Vars),
};

/** Asked by the SIP edge for the credentials of a user of a realm. */
export const authnReq = message({
  category: 'directory',
  name: 'authn_req',
  exchange: 'callmgr',
  key: (m) => `authn.req.${segment(m['Auth-Realm'])}`,
  fields: {
    ...requestFields,
    ...text('Auth-Realm Auth-User'),
    ...maybeText('Auth-Nonce Auth-Response Method'),
  },
  answers: [authnResp, authnErr],
});

/** The same request as newer Kamailio configurations publish it (contract/kamailio.md §2). */
export const authnEndpointReq = message({
  category: 'directory',
  name: 'authn_req',
  exchange: 'registrar',
  key: (m) => `authn.endpoint.req.${segment(m['Auth-Realm'])}`,
  fields: {
    ...requestFields,
    ...text('Auth-Realm Auth-User'),
    ...maybeText('Auth-Nonce Auth-Response Method'),
  },
  answers: [authnResp, authnErr],
});

/** What a token `<Authorizing-ID>@<Account-ID>` stands for. */
export const tokenResp = message({
  category: 'directory',
  name: 'token_resp',
  exchange: 'targeted',
  fields: { ...answerFields, ...all(Vars, 'Token-Data') },
});

/** Asked by ecallmgr for the channel variables behind an X-AUTH-Token. */
export const tokenReq = message({
  category: 'directory',
  name: 'token_req',
  exchange: 'callmgr',
  key: (m) => `authn.token_req.${segment(m['Auth-Realm'])}`,
  fields: { ...requestFields, ...text('Auth-Realm Auth-Token') },
  answers: [tokenResp, authnErr],
});
