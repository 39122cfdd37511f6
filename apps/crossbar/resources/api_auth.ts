// api_auth: the API key of an account for a token (contract/crossbar.md §5).
import { AppError } from '../../../core/errors/index.ts';
import { sessionData } from '../auth/session.ts';
import { checkEnabled, issueToken } from '../auth/tokens.ts';
import { findAccount } from '../engine/accounts.ts';
import { type DataReply, operation, type RestModule } from '../engine/endpoint.ts';
import { dataObject, invalid, type RestRequest } from '../engine/request.ts';

export const api_auth: RestModule = {
  name: 'api_auth',
  summary: 'Tokens for API keys',
  endpoints: [
    {
      path: '/api_auth',
      operations: { PUT: operation('public', 'A token for the API key of an account', authenticate) },
    },
  ],
};

async function authenticate(request: RestRequest): Promise<DataReply> {
  const { services } = request;
  const key = dataObject(request)['api_key'];
  if (key === undefined) throw invalid('api_key', 'required', 'api_key is required');
  if (typeof key !== 'string' || !/^[0-9a-f]{64}$/i.test(key))
    throw invalid('api_key', 'pattern', 'must be 64 hexadecimal digits');
  const [row] = await services.store
    .database('accounts')
    .view('accounts', 'listing_by_api', { key: key.toLowerCase() });
  const account = row && (await findAccount(services.store, row.id));
  if (!account) throw new AppError('invalid_credentials');
  checkEnabled(account);
  const token = await issueToken(services, 'cb_api_auth', account, undefined);
  return { data: sessionData(services, account, undefined), envelope: { auth_token: token } };
}
