// token_auth: what the token says that a request comes with, and its end (contract/crossbar.md §5).
import { sessionData } from '../auth/session.ts';
import { endToken } from '../auth/stored-tokens.ts';
import { caller, type DataReply, operation, type RestModule, type RestRequest } from '../engine/index.ts';

export const token_auth: RestModule = {
  name: 'token_auth',
  summary: 'The token of a request',
  endpoints: [
    {
      path: '/token_auth',
      operations: {
        GET: operation('account', 'What the token says', describe),
        DELETE: operation('account', 'Ends the token: logs out', end),
      },
    },
  ],
};

async function describe(request: RestRequest): Promise<DataReply> {
  const { account, user, method } = caller(request);
  return { data: { ...(await sessionData(request.services, account, user)), method } };
}

/** Name and password with every request are no token: there is nothing to end. */
async function end(request: RestRequest): Promise<DataReply> {
  const { token } = caller(request);
  if (token !== undefined) await endToken(request.services, token);
  return { data: {} };
}
