// Answers authn_req (the edge asks for a user's credentials) and token_req (ecallmgr asks whose token it is).
import type { Delivery } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import { accountDatabase } from '../../core/couch/index.ts';
import {
  type authnEndpointReq,
  authnErr,
  type authnReq,
  authnResp,
  type tokenReq,
  tokenResp,
} from '../../core/messages/authn.ts';
import {
  type Credentials,
  findCredentials,
  findOwner,
  isDisabled,
  type Refusal,
  refusalOf,
} from './credentials.ts';
import { channelVars, type Identity, text } from './identity.ts';

export type AuthnRequest = Delivery<typeof authnReq | typeof authnEndpointReq>;

/** What the answering needs; `learned` hears of every user that was let in, `count` of every outcome. */
export interface AuthnOptions {
  readonly context: AppContext;
  readonly learned: (credentials: Credentials) => void;
  readonly count: (result: 'answered' | Refusal) => void;
}

/** Answers on both keys of contract/kamailio.md §2. Rejects (and stays silent) only when the store fails. */
export async function answerAuthn(
  { context, learned, count }: AuthnOptions,
  request: AuthnRequest,
): Promise<void> {
  const { message } = request;
  const credentials = await findCredentials(context.store, message['Auth-Realm'], message['Auth-User']);
  const refusal: Refusal | undefined = credentials
    ? refusalOf(credentials, message['Orig-IP'])
    : 'unknown_user';
  const secret = credentials?.password ?? credentials?.ip;
  if (!credentials || refusal !== undefined || secret === undefined) {
    count(refusal ?? 'unknown_user');
    refuse(context, message, refusal ?? 'unknown_user');
    await context.bus.reply(request, authnErr, {});
    return;
  }
  learned(credentials);
  count('answered');
  const vars = channelVars(credentials);
  await context.bus.reply(request, authnResp, {
    'Auth-Method': credentials.method,
    'Auth-Password': secret,
    'Auth-Username': credentials.username,
    // An address that is right needs no digest.
    'Trusted-Auth': credentials.method === 'ip' ? 'true' : undefined,
    'Suppress-Unregister-Notifications': vars['Suppress-Unregister-Notifications'] === true,
    'Register-Overwrite-Notify': vars['Register-Overwrite-Notify'] === true,
    'Custom-Channel-Vars': vars,
  });
}

function refuse({ log }: AppContext, message: AuthnRequest['message'], reason: Refusal): void {
  log.info('sign-in refused', {
    reason,
    user: message['Auth-User'],
    realm: message['Auth-Realm'],
    from: message['Orig-IP'],
    callId: message['Call-ID'],
  });
}

/** Answers with the channel variables behind `<Authorizing-ID>@<Account-ID>`; authn_err when it stands for nobody. */
export async function answerToken(context: AppContext, request: Delivery<typeof tokenReq>): Promise<void> {
  const identity = await findByToken(context, request.message['Auth-Token']);
  const disabled = [identity?.document, identity?.account, identity?.owner].some(isDisabled);
  if (!identity || disabled) {
    context.log.info('token refused', { token: request.message['Auth-Token'], disabled });
    await context.bus.reply(request, authnErr, {});
    return;
  }
  const vars = channelVars(identity);
  await context.bus.reply(request, tokenResp, { 'Token-Data': vars, 'Custom-Channel-Vars': vars });
}

async function findByToken({ store }: AppContext, token: string): Promise<Identity | undefined> {
  const [id = '', accountId = ''] = token.split('@');
  if (id === '') return undefined;
  if (!/^[0-9a-f]{32}$/.test(accountId)) return findCarrier(store, id);
  const database = store.database(accountDatabase(accountId));
  const [document, account] = await Promise.all([database.find(id), database.find(accountId)]);
  if (!document) return findCarrier(store, id);
  if (!account) return undefined;
  const username = text(document, 'sip.username');
  const owner = await findOwner(store, accountId, document, username);
  return { document, account, owner, realm: text(account, 'realm') ?? '', username };
}

/** A carrier of the whole cluster has no account. */
async function findCarrier(store: AppContext['store'], id: string): Promise<Identity | undefined> {
  const document = await store.database('offnet').find(id);
  if (document?.pvt_type !== 'resource') return undefined;
  return { document, account: undefined, owner: undefined, realm: '', username: undefined };
}
