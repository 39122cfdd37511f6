// auth: what a token says, another one in its place, the end of all tokens of somebody, the keys that sign them, and
// signing in with an identity of a provider (contract/crossbar.md §5).
import { Type } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { updateAccount } from '../accounts/write.ts';
import { newSignatureSecret } from '../auth/credentials.ts';
import { openSession, sessionData } from '../auth/session.ts';
import { type AuthMethod, readToken } from '../auth/tokens.ts';
import {
  accountEndpoint,
  caller,
  type DataReply,
  idParameter,
  invalid,
  load,
  operation,
  parameter,
  pathParameter,
  type Reply,
  type RestModule,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { appEndpoints } from '../sso/apps.ts';
import { linkEndpoints } from '../sso/link-endpoints.ts';
import { providerEndpoints } from '../sso/providers.ts';
import { signInByCode, signInByToken } from '../sso/sign-in.ts';

const reset = 'reset_signature_secret';
const action = { action: Type.String({ description: `${reset}: ends all tokens` }) };
const token = { token: Type.Optional(Type.String()) };
const cost = { setting: 'user_auth_tokens', tokens: 35 };

const text = Type.String({ minLength: 1, maxLength: 2048 });
const proof = {
  nonce: Type.Optional(text),
  multi_factor_response: Type.Optional(Type.Unknown()),
};
const callback = Type.Object({
  provider: text,
  client_id: text,
  code: Type.String({ minLength: 1, maxLength: 8192 }),
  redirect_uri: text,
  state: Type.Optional(Type.String({ maxLength: 8192 })),
  code_verifier: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._~-]{43,128}$' })),
  ...proof,
});
const brought = Type.Object({
  token: Type.String({ minLength: 1, maxLength: 16_384 }),
  client_id: Type.Optional(text),
  ...proof,
});

export const auth: RestModule = {
  name: 'auth',
  summary: 'Tokens and the keys that sign them',
  endpoints: [
    {
      path: '/auth',
      operations: {
        PUT: operation('account', 'A fresh token, or the end of all tokens of the system', act, {
          parameters: action,
        }),
      },
    },
    accountEndpoint('auth', {
      PUT: operation('admin', 'Ends all tokens of an account', resetAccount, { parameters: action }),
    }),
    accountEndpoint('users/:user_id/auth', {
      PUT: operation('owner', 'Ends all tokens of a user', resetUser, { parameters: action }),
    }),
    {
      path: '/auth/tokeninfo',
      operations: {
        GET: operation('public', 'What a token says', describe, { parameters: token }),
        POST: operation('public', 'What a token says', describe, { parameters: token }),
      },
    },
    {
      path: '/auth/callback',
      operations: {
        PUT: operation('public', 'A token for a code of a provider of identities', signInByCode, {
          accepts: callback,
          cost,
        }),
      },
    },
    {
      path: '/auth/authorize',
      operations: {
        PUT: operation('public', 'A token for an id token, or for that of an identity', signInByToken, {
          accepts: brought,
          cost,
        }),
      },
    },
    ...providerEndpoints,
    ...appEndpoints,
    ...linkEndpoints,
    {
      path: '/auth/keys',
      operations: {
        GET: operation('admin', 'The keys whose tokens are good, the one that signs last', keys),
        PUT: operation('superduper', 'Another key signs from now on; tokens stay good', rotate),
      },
    },
    {
      path: `/auth/keys/:${idParameter}`,
      operations: {
        GET: operation('admin', 'A public key', readKey, { produces: ['application/x-pem-file'] }),
        PUT: operation('superduper', 'Ends a key, and all tokens that it signed', withdraw, {
          parameters: { action: Type.String({ description: 'reset_private_key' }) },
        }),
      },
    },
  ],
};

function checkAction(request: RestRequest, ...known: string[]): string {
  const given = parameter(request, 'action');
  if (typeof given === 'string' && known.includes(given)) return given;
  throw invalid('action', 'enum', `must be one of ${known.join(', ')}`, { target: known, value: given });
}

async function act(request: RestRequest): Promise<DataReply> {
  const { account, user: self, original, superduper, method, token: given } = caller(request);
  if (checkAction(request, 'refresh_token', reset) === 'refresh_token') {
    // The rules that a stored token carries would be lost.
    if (given?.split('.').length !== 3) throw new AppError('forbidden');
    const opening = { method: method as AuthMethod, known: true };
    return openSession(request, { account, user: self, original }, opening);
  }
  if (!superduper) throw new AppError('forbidden');
  await request.services.secrets.keys.resetIdentity();
  return { data: {} };
}

async function resetAccount(request: RestRequest): Promise<DataReply> {
  checkAction(request, reset);
  const pvt_signature_secret = newSignatureSecret();
  await updateAccount(request.services.store, targetAccount(request)._id, (document) => ({
    ...document,
    pvt_signature_secret,
  }));
  return { data: {} };
}

async function resetUser(request: RestRequest): Promise<DataReply> {
  checkAction(request, reset);
  const { _id } = await load(targetDatabase(request), user, pathParameter(request, 'user_id'));
  const pvt_signature_secret = newSignatureSecret();
  const database = request.services.store.database(accountDatabase(targetAccount(request)._id));
  await database.update(_id, (document) => ({ ...document, pvt_signature_secret }));
  return { data: {} };
}

async function describe(request: RestRequest): Promise<DataReply> {
  const given = parameter(request, 'token');
  if (typeof given !== 'string' || given === '')
    throw new AppError('not_found', { message: 'give the token' });
  const { account, user: who, method } = await readToken(request.services, given);
  return {
    data: { ...(await sessionData(request.services, account, who)), method },
    envelope: { auth_token: given },
  };
}

async function keys({ services }: RestRequest): Promise<DataReply> {
  return { data: (await services.secrets.keys.list()).map(({ id }) => id) };
}

async function rotate({ services }: RestRequest): Promise<DataReply> {
  const id = await services.secrets.keys.rotate();
  return { data: { id }, location: id };
}

async function readKey(request: RestRequest): Promise<Reply> {
  const id = pathParameter(request, idParameter);
  const found = (await request.services.secrets.keys.list()).find((key) => key.id === id);
  if (!found) throw new AppError('bad_identifier', { details: { cause: id } });
  if (!/x-pem-file/.test(request.headers.accept ?? '')) return { data: found };
  return { body: found.public_key_pem, contentType: 'application/x-pem-file' };
}

async function withdraw(request: RestRequest): Promise<DataReply> {
  checkAction(request, 'reset_private_key');
  await request.services.secrets.keys.withdraw(pathParameter(request, idParameter));
  return { data: {} };
}
