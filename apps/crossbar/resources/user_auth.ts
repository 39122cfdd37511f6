// user_auth: credentials for a token, what a token says, and a way back in for who forgot (contract/crossbar.md §5).
import { Type } from '../../../core/contract/index.ts';
import { AppError, toAppError } from '../../../core/errors/index.ts';
import { noteAttempt } from '../auth/attempts.ts';
import type { Method } from '../auth/credentials.ts';
import { type AccountHint, type Login, logIn } from '../auth/login.ts';
import { askRecovery, recover } from '../auth/recovery.ts';
import { openSession, sessionData } from '../auth/session.ts';
import { readToken } from '../auth/tokens.ts';
import { reaches } from '../engine/authorize.ts';
import { type DataReply, operation, type RestModule } from '../engine/endpoint.ts';
import { caller, invalid, pathParameter, type RestRequest } from '../engine/request.ts';

const text = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }));
const hint = { account_name: text, account_realm: text, realm: text, phone_number: text };
const secondFactor = { multi_factor_response: Type.Optional(Type.Unknown()) };
const cost = { setting: 'user_auth_tokens', tokens: 35 };

const credentials = Type.Object({
  credentials: Type.String({ pattern: '^([0-9a-fA-F]{32}|[0-9a-fA-F]{40})$' }),
  method: Type.Optional(Type.Enum(['md5', 'sha'], { default: 'md5' })),
  ...hint,
  ...secondFactor,
});

const forgotten = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 254 }),
  ui_url: Type.String({ minLength: 8, maxLength: 2000, pattern: '^https?://[^\\s"<>]+$' }),
  ...hint,
});

const reset = Type.Object({
  reset_id: Type.String({ pattern: '^[a-fA-F0-9]{40,250}$' }),
  ...secondFactor,
});

export const user_auth: RestModule = {
  name: 'user_auth',
  summary: 'Tokens for user name and password',
  endpoints: [
    {
      path: '/user_auth',
      operations: {
        PUT: operation('public', 'A token for name and password', authenticate, {
          accepts: credentials,
          cost,
        }),
      },
    },
    {
      path: '/user_auth/recovery',
      operations: {
        PUT: operation('public', 'Sends a link by mail to who forgot the password', forget, {
          accepts: forgotten,
          cost,
        }),
        POST: operation(
          'public',
          'A token for what stood in the link',
          (request) => recover(request, request.data),
          {
            accepts: reset,
            cost,
          },
        ),
      },
    },
    { path: '/user_auth/:token', operations: { GET: operation('account', 'What a token says', describe) } },
  ],
};

type Hinted = AccountHint & { readonly realm?: string | undefined };

function hintOf({ account_name, account_realm, realm, phone_number }: Hinted): AccountHint {
  const named = { account_name, account_realm: account_realm ?? realm, phone_number };
  if (Object.values(named).every((value) => value === undefined))
    throw invalid('account_name', 'required', 'give account_name, account_realm or phone_number');
  return named;
}

async function authenticate(request: RestRequest): Promise<DataReply> {
  const data = request.data as Hinted & { readonly method: Method; readonly credentials: string };
  const login = await identify(request, hintOf(data), data.method, data.credentials);
  return openSession(request, login, { method: 'cb_user_auth' });
}

/** Who was refused stands in the log with their address, for whoever watches for guessing. */
async function identify(
  request: RestRequest,
  named: AccountHint,
  method: Method,
  sent: string,
): Promise<Login> {
  const { services, clientIp } = request;
  try {
    return await logIn(services, named, clientIp, { method, sent: sent.toLowerCase() });
  } catch (thrown) {
    const error = toAppError(thrown);
    services.log.info('login refused', { clientIp, ...named, reason: error.code });
    const attempt = { method: 'cb_user_auth', type: 'credentials', status: 'failed' } as const;
    for (const accountId of (error.details['accounts'] ?? []) as readonly string[])
      await noteAttempt(request, { ...attempt, accountId, message: error.message });
    throw error;
  }
}

async function forget(request: RestRequest): Promise<DataReply> {
  const { username, ui_url, ...named } = request.data as Hinted & { username: string; ui_url: string };
  return askRecovery(request, hintOf(named), { username, ui_url });
}

/** Only for tokens of accounts that the caller reaches anyway; others are as good as none. */
async function describe(request: RestRequest): Promise<DataReply> {
  const { services } = request;
  const { account, user, method } = await readToken(services, pathParameter(request, 'token'));
  if (!reaches(caller(request), account))
    throw new AppError('invalid_credentials', { message: 'the token is not valid or has expired' });
  return { data: { ...(await sessionData(services, account, user)), method } };
}
