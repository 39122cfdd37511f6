// roles: what the people of an account may do who bear them; ours, Kazoo has only `user` and `admin`.
import { resource } from '../../../core/contract/index.ts';
import { role } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { caller, plain, type RestRequest } from '../engine/index.ts';

export const roles = plain(
  resource({
    path: 'roles',
    summary: 'What the people of an account may do who bear them',
    document: role,
    example: {
      name: 'Reception',
      rules: { users: [{ rules: { '#': ['GET'] } }], callflows: [{ rules: { '/': ['GET'] } }] },
    },
    listing: { design: 'roles', view: 'crossbar_listing' },
    verbs: {
      collection: { GET: 'admin', PUT: 'admin' },
      item: { GET: 'admin', POST: 'admin', PATCH: 'admin', DELETE: 'admin' },
    },
    validate: async (request: RestRequest) => {
      if (caller(request).role) throw new AppError('forbidden', { message: 'who bears a role makes none' });
    },
  }),
);
