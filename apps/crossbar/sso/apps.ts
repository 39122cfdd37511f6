// auth/apps: what a reseller registered with providers of identities for its people (contract/crossbar.md §6).
import { randomBytes } from 'node:crypto';
import { resource, Type } from '../../../core/contract/index.ts';
import { auth_app } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findAccount, isReseller, resellerOf } from '../engine/accounts.ts';
import {
  type AccountDocument,
  around,
  caller,
  type Endpoint,
  endpointsOf,
  idParameter,
  invalid,
  type ListReply,
  list,
  load,
  missing,
  operation,
  parameter,
  pathParameter,
  type RestRequest,
  reaches,
} from '../engine/index.ts';
import { forgetLinksOf } from './links.ts';
import { findProvider, registry } from './registry.ts';

const listing = { design: 'apps', view: 'list_by_account' };
const verbs = {
  collection: { PUT: 'reseller' },
  item: { GET: 'account', POST: 'admin', PATCH: 'admin', DELETE: 'admin' },
} as const;
const ofAccount = {
  account_id: Type.Optional(Type.String({ description: 'another account than that of the token' })),
};

const contract = resource({
  path: 'apps',
  summary: 'Applications registered with providers of identities',
  document: auth_app,
  verbs,
  listing,
  shared: 'system_auth',
  named: { field: 'client_id', pattern: '^[^_/\\s][^/\\s]{0,255}$' },
  example: { client_id: 'portal.apps.test', provider: 'google', secret: 'known to both' },
  validate: async ({ services }: RestRequest, next, previous) => {
    // A parameter, which stands in private fields.
    delete next['account_id'];
    if (!(await findProvider(services.store, next.provider)))
      throw invalid('provider', 'not_found', `there is no provider ${next.provider}`, {
        value: next.provider,
      });
    if (!previous) {
      if (next.secret === undefined) throw invalid('secret', 'required', 'is required');
      return;
    }
    if (next.client_id !== previous._id)
      throw invalid('client_id', 'invalid', 'is the id of the app', { value: next.client_id });
    // An identity means something at one provider only.
    if (next.provider !== previous.pvt_auth_provider)
      throw invalid('provider', 'invalid', 'cannot be changed: make another app', { value: next.provider });
  },
  beforeSave: async (_request, next, previous) => {
    const { secret, provider } = next;
    delete next.secret;
    next.pvt_auth_provider = provider;
    if (secret !== undefined) next.pvt_secret = secret;
    if (!previous) next.pvt_user_prefix = randomBytes(16).toString('hex');
  },
  afterDelete: async ({ services }, { _id }) => forgetLinksOf(services, _id),
  // Those that Kazoo registered say neither, and may say their secret.
  present: async (_request, { secret: _, ...shown }, { _id, pvt_auth_provider: provider }) => ({
    ...shown,
    client_id: _id,
    provider,
  }),
});

/** The account that the people of `account` have their apps from: itself, or its reseller. */
async function sellerOf({ services }: RestRequest, account: AccountDocument): Promise<AccountDocument> {
  if (isReseller(account)) return account;
  return (await findAccount(services.store, resellerOf(account))) ?? account;
}

/** The account that a request is about: that of the token, or one that it reaches. */
async function subject(request: RestRequest): Promise<AccountDocument> {
  const auth = caller(request);
  const id = parameter(request, 'account_id');
  if (id === undefined) return auth.account;
  const account = await findAccount(request.services.store, String(id));
  if (!account || !reaches(auth, account)) throw missing(String(id));
  return account;
}

/** New apps belong to resellers; others are shown to whom they are for, and changed by whom they belong to. */
async function about(request: RestRequest): Promise<RestRequest> {
  const { store } = request.services;
  if (!(idParameter in request.params)) {
    const account = await subject(request);
    if ((await sellerOf(request, account))._id !== account._id)
      throw new AppError('forbidden', { message: 'apps belong to resellers' });
    return { ...request, account };
  }
  const auth = caller(request);
  const id = pathParameter(request, idParameter);
  const app = await load(registry(store), auth_app, id, { fresh: true });
  const owner = await findAccount(store, String(app.pvt_account_id));
  const isShown = request.verb === 'GET' && owner?._id === (await sellerOf(request, auth.account))._id;
  if (!owner || !(isShown || reaches(auth, owner))) throw missing(id);
  return { ...request, account: owner };
}

async function listApps(request: RestRequest): Promise<ListReply> {
  const seller = await sellerOf(request, await subject(request));
  return list(request, registry(request.services.store), listing, { key: seller._id, fileName: 'apps' });
}

const [collection, ...items] = around(
  endpointsOf(contract, verbs, '/auth/apps', ({ services }) => registry(services.store)),
  about,
);

const made = collection?.operations.PUT;

export const appEndpoints: readonly Endpoint[] = [
  {
    path: '/auth/apps',
    operations: {
      ...(made && { PUT: { ...made, parameters: ofAccount } }),
      GET: operation('account', 'The apps of the reseller of an account', listApps, {
        list: true,
        parameters: ofAccount,
      }),
    },
  },
  ...items,
];
