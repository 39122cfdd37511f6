// ip_auth: a token for the account that has the caller's address among its `ips` (contract/crossbar.md §5).
import { AppError } from '../../../core/errors/index.ts';
import { guessedFrom } from '../auth/lockout.ts';
import { openSession } from '../auth/session.ts';
import {
  type DataReply,
  findAccount,
  operation,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';

export const ip_auth: RestModule = {
  name: 'ip_auth',
  summary: 'Tokens for addresses',
  endpoints: [
    {
      path: '/ip_auth',
      operations: {
        PUT: operation('public', "A token for the account that has the caller's address", authenticate, {
          cost: { setting: 'ip_auth_tokens', tokens: 35 },
        }),
      },
    },
  ],
};

/** An address that several accounts have says nothing about who asks. */
async function authenticate(request: RestRequest): Promise<DataReply> {
  const { services, clientIp } = request;
  const guessed = guessedFrom(clientIp, 'addresses');
  services.lockout.check(guessed);
  const rows = await services.store.database('accounts').view('accounts', 'listing_by_ip', { key: clientIp });
  const [row, ...others] = rows;
  const account = row && others.length === 0 ? await findAccount(services.store, row.id) : undefined;
  if (!account) {
    await services.lockout.failed(guessed);
    throw new AppError('invalid_credentials');
  }
  return openSession(request, { account, user: undefined }, { method: 'cb_ip_auth' });
}
