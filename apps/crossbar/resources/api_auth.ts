// api_auth: a token for the API key of an account (contract/crossbar.md §5).
import { Type } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { guessedFrom } from '../auth/lockout.ts';
import { openSession } from '../auth/session.ts';
import { findAccount } from '../engine/accounts.ts';
import { type DataReply, operation, type RestModule } from '../engine/endpoint.ts';
import type { RestRequest } from '../engine/request.ts';

const body = Type.Object({ api_key: Type.String({ pattern: '^[0-9a-fA-F]{64}$' }) });

export const api_auth: RestModule = {
  name: 'api_auth',
  summary: 'Tokens for API keys',
  endpoints: [
    {
      path: '/api_auth',
      operations: {
        PUT: operation(
          'public',
          'A token for the API key of an account',
          (request) => authenticate(request, request.data.api_key.toLowerCase()),
          { accepts: body, cost: { setting: 'api_auth_tokens', tokens: 35 } },
        ),
      },
    },
  ],
};

async function authenticate(request: RestRequest, key: string): Promise<DataReply> {
  const { store, lockout } = request.services;
  const guessed = guessedFrom(request.clientIp, 'API keys');
  lockout.check(guessed);
  const [row] = await store.database('accounts').view('accounts', 'listing_by_api', { key });
  const account = row && (await findAccount(store, row.id));
  if (!account) {
    await lockout.failed(guessed);
    throw new AppError('invalid_credentials');
  }
  return openSession(request, { account, user: undefined }, { method: 'cb_api_auth' });
}
