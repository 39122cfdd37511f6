// The `login_attempt` document (contract/couch.md §3; crossbar.md §6, security).
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** Somebody tried to log in. */
export const login_attempt = document({
  type: 'login_attempt',
  schema: 'login_attempts',
  database: 'modb',
  summary: 'An attempt to log in',
  fields: {
    auth_type: Type.String(),
    auth_module: Type.String(),
    status: Type.Enum(['success', 'failed']),
    message: Type.String(),
    client_ip: Type.String(),
    client_headers: Type.Optional(freeObject),
    crossbar_request_id: Type.String(),
    timestamp: Type.Integer(),
    owner_id: Type.Optional(Type.String()),
  },
});
