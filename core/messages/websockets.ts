// Websockets: which are open, and what their tokens may hear (contract/kapi.md, kapi_websockets).
import { message, Type } from '../contract/index.ts';
import { Any, Flag, maybeText, text } from './fields.ts';

export const websocketsResp = message({
  category: 'websockets',
  name: 'get_resp',
  exchange: 'targeted',
  fields: { Data: Type.Optional(Type.Array(Any)) },
});

/** The open sockets of an account: every node tells of its own. */
export const websocketsReq = message({
  category: 'websockets',
  name: 'get_req',
  exchange: 'sysconf',
  key: () => 'websockets.get',
  summary: 'Which websockets of an account are open',
  fields: { ...text('Account-ID'), ...maybeText('Auth-Account-ID Socket-ID') },
  answers: [websocketsResp],
});

export const accessResp = message({
  category: 'websockets',
  name: 'access_resp',
  exchange: 'targeted',
  fields: { Allowed: Flag, ...maybeText('Account-Realm Auth-Account-ID Reason') },
});

/** Whether whoever has a token may read an account: decided where the REST API decides it. Ours beside Kazoo's. */
export const accessReq = message({
  category: 'websockets',
  name: 'access_req',
  exchange: 'sysconf',
  key: () => 'websockets.access',
  summary: 'Whether a token may read an account',
  fields: text('Account-ID Auth-Token'),
  answers: [accessResp],
});
