// user_auth: credentials for a token, and what a token says (contract/crossbar.md §5).
import { compile, Type } from '../../../core/contract/index.ts';
import { AppError, toAppError } from '../../../core/errors/index.ts';
import type { Method } from '../auth/credentials.ts';
import { type AccountHint, type Login, logIn } from '../auth/login.ts';
import { sessionData } from '../auth/session.ts';
import { issueToken, readToken } from '../auth/tokens.ts';
import { reaches } from '../engine/authorize.ts';
import { type DataReply, operation, type RestModule } from '../engine/endpoint.ts';
import { caller, dataObject, invalid, pathParameter, type RestRequest } from '../engine/request.ts';

const text = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }));
const schema = Type.Object({
  credentials: Type.String({ pattern: '^([0-9a-fA-F]{32}|[0-9a-fA-F]{40})$' }),
  method: Type.Optional(Type.Enum(['md5', 'sha'], { default: 'md5' })),
  account_name: text,
  account_realm: text,
  realm: text,
  phone_number: text,
});
const validator = compile(schema, { defaults: true });

export const user_auth: RestModule = {
  name: 'user_auth',
  summary: 'Tokens for user name and password',
  endpoints: [
    {
      path: '/user_auth',
      operations: { PUT: operation('public', 'A token for name and password', authenticate) },
    },
    { path: '/user_auth/:token', operations: { GET: operation('account', 'What a token says', describe) } },
  ],
};

async function authenticate(request: RestRequest): Promise<DataReply> {
  const { services } = request;
  const data = structuredClone(dataObject(request)) as Record<keyof typeof schema.properties, string>;
  const violations = validator.check(data);
  if (violations.length > 0) throw new AppError('invalid_data', { details: { violations } });
  const { account_name, phone_number } = data;
  const account_realm = data.account_realm ?? data.realm;
  if (account_name === undefined && account_realm === undefined && phone_number === undefined)
    throw invalid('account_name', 'required', 'give account_name, account_realm or phone_number');
  const hint = { account_name, account_realm, phone_number };
  const { account, user } = await identify(request, hint, data.method as Method, data.credentials);
  const token = await issueToken(services, 'cb_user_auth', account, user);
  return { data: sessionData(services, account, user), envelope: { auth_token: token } };
}

/** Who was refused stands in the log with their address, for whoever watches for guessing. */
async function identify(
  { services, clientIp }: RestRequest,
  hint: AccountHint,
  method: Method,
  credentials: string,
): Promise<Login> {
  try {
    return await logIn(services, hint, method, credentials.toLowerCase());
  } catch (error) {
    services.log.info('login refused', { clientIp, ...hint, reason: toAppError(error).code });
    throw error;
  }
}

/** Only for tokens of accounts that the caller reaches anyway. */
async function describe(request: RestRequest): Promise<DataReply> {
  const { account, user, method } = await readToken(request.services, pathParameter(request, 'token'));
  if (!reaches(caller(request), account)) throw new AppError('forbidden');
  return { data: { ...sessionData(request.services, account, user), method } };
}
