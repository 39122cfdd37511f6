// accounts: the account itself, its children and the tree above and below it, its API key (contract/crossbar.md §6.1).
import { randomBytes } from 'node:crypto';
import { Type } from '../../../core/contract/index.ts';
import { accountDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { account as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { newAccount } from '../../../core/messages/notification.ts';
import { regFlush } from '../../../core/messages/registration.ts';
import { removeBelongings } from '../accounts/belongings.ts';
import { demote, promote } from '../accounts/resellers.ts';
import { computedFields, shownAccount } from '../accounts/shown.ts';
import {
  hasDescendants,
  listAncestors,
  listChildren,
  listDescendants,
  listSiblings,
  moveAccount,
} from '../accounts/tree.ts';
import {
  acceptAccount,
  accountsLock,
  checkAccountUnique,
  createAccount,
  newApiKey,
  recount,
  updateAccount,
} from '../accounts/write.ts';
import {
  type AccountDocument,
  accountEndpoint,
  auditFields,
  caller,
  checkRevision,
  type DataReply,
  dataObject,
  deleted,
  exclusive,
  load,
  merged,
  onNewest,
  operation,
  parameter,
  privatePart,
  type RestModule,
  type RestRequest,
  resellerBelow,
  settablePart,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { removeAccountFromSipAuth } from '../live/sip-auth.ts';
import { tell } from '../live/tell.ts';
import { giveBackAll } from '../numbers/actions.ts';
import { hasActivePort } from '../ports/numbers.ts';
import { forgetAccount } from '../sso/links.ts';

const whole = { body: contract.schema, reply: contract.schema };

export const accounts: RestModule = {
  name: 'accounts',
  summary: 'Accounts and their tree',
  endpoints: [
    {
      path: '/accounts',
      operations: { PUT: operation('admin', 'Creates an account below the own one', create, whole) },
    },
    {
      path: '/accounts/:account_id',
      operations: {
        GET: operation('account', 'An account', read, { reply: contract.schema }),
        PUT: operation('admin', 'Creates an account below this one', create, whole),
        POST: operation(
          'admin',
          'Replaces an account',
          (request) => change(request, (_, data) => data),
          whole,
        ),
        PATCH: operation('admin', 'Merges into an account', (request) => change(request, merged), whole),
        DELETE: operation('admin', 'Deletes an account that has none below it', remove),
      },
    },
    accountEndpoint('children', {
      GET: operation('admin', 'Accounts directly below', (request) => listChildren(request), { list: true }),
    }),
    accountEndpoint('descendants', {
      GET: operation('admin', 'All accounts below', (request) => listDescendants(request), { list: true }),
    }),
    accountEndpoint('siblings', {
      GET: operation('admin', 'Accounts beside this one', listSiblings, { list: true }),
    }),
    accountEndpoint('parents', { GET: operation('account', 'The accounts above', listAncestors) }),
    accountEndpoint('tree', { GET: operation('account', 'The accounts above, from the top', listAncestors) }),
    accountEndpoint('api_key', {
      GET: operation('admin', 'The key for api_auth', readApiKey),
      PUT: operation('admin', 'A new key; the old one ends', renewApiKey),
    }),
    accountEndpoint('move', {
      POST: operation('admin', 'Moves an account below another one', move, {
        accepts: Type.Object({ to: Type.String({ description: 'id of the parent from now on' }) }),
        reply: contract.schema,
      }),
    }),
    accountEndpoint('reseller', {
      PUT: operation(
        'superduper',
        'Makes an account a reseller: those below it are its customers',
        async (request) =>
          shownAccount(request, await promote(request.services.store, targetAccount(request))),
        { reply: contract.schema },
      ),
      DELETE: operation(
        'superduper',
        'Makes it no reseller: its customers are those of the next one above',
        async (request) =>
          shownAccount(request, await demote(request.services.store, targetAccount(request))),
        { reply: contract.schema },
      ),
    }),
  ],
};

/** A child of the account in the path, else of the caller's. */
async function create(request: RestRequest): Promise<DataReply> {
  const { store } = request.services;
  const parent = request.account ?? caller(request).account;
  const fields = settableFields(dataObject(request));
  const tree = [...(parent.pvt_tree ?? []), parent._id];
  const made = await createAccount(store, {
    fields: {
      ...fields,
      realm: fields['realm'] ?? (await newRealm(request)),
      ...(fields['timezone'] === undefined && (await timezoneBelow(request, parent))),
    },
    tree,
    private: {
      ...auditFields(request),
      pvt_reseller_id: resellerBelow(parent),
    },
  });
  await exclusive(accountsLock, () => recount(store, tree));
  await welcome(request, made);
  return { ...(await shownAccount(request, made)), location: made._id };
}

/** News for who sells to it, unless the client says no (`send_email_on_creation`). */
async function welcome(request: RestRequest, { _id, name, realm, pvt_api_key }: AccountDocument) {
  if (String(parameter(request, 'send_email_on_creation')) === 'false') return;
  await tell(request.services, newAccount, {
    'Account-ID': _id,
    'Account-Name': name,
    ...(realm !== undefined && { 'Account-Realm': realm }),
    ...(pvt_api_key !== undefined && { 'Account-API-Key': pvt_api_key }),
  });
}

/** That of the account above, else `accounts.default_timezone`. */
async function timezoneBelow(
  { services }: RestRequest,
  { timezone }: AccountDocument,
): Promise<{ readonly timezone?: string }> {
  const inherited = timezone ?? (await services.systemConfig.get<string>('accounts', 'default_timezone', ''));
  return inherited === '' || inherited === 'inherit' ? {} : { timezone: inherited };
}

async function newRealm({ services }: RestRequest): Promise<string> {
  const suffix = await services.systemConfig.get(
    'crossbar',
    'accounts.account_realm_suffix',
    'sip.mirliton.test',
  );
  return `${randomBytes(3).toString('hex')}.${suffix}`;
}

async function read(request: RestRequest): Promise<DataReply> {
  return shownAccount(request, await current(request));
}

function current(request: RestRequest, options?: { readonly fresh: boolean }): Promise<AccountDocument> {
  return load(
    targetDatabase(request),
    contract,
    targetAccount(request)._id,
    options,
  ) as Promise<AccountDocument>;
}

type Merge = (before: Record<string, unknown>, data: Record<string, unknown>) => Record<string, unknown>;

async function change(request: RestRequest, merge: Merge): Promise<DataReply> {
  const { store } = request.services;
  const data = dataObject(request);
  return onNewest(request, accountsLock, async () => {
    const before = await current(request, { fresh: true });
    checkRevision(request, before);
    const next = acceptAccount({
      realm: before.realm,
      ...merge(settableFields(before), settableFields(data)),
    });
    await checkAccountUnique(store, next, before._id);
    const saved = await updateAccount(store, before._id, (document) => {
      if (document._rev !== before._rev) throw new AppError('datastore_conflict');
      return {
        ...next,
        ...privatePart(document),
        ...privileged(request, data),
        ...auditFields(request),
      } as StoredDocument;
    });
    // Phones of the old realm must register anew.
    if (before.realm !== undefined && before.realm !== saved.realm)
      await tell(request.services, regFlush, { Realm: before.realm });
    return shownAccount(request, saved);
  });
}

/** Computed keys that clients send back are not stored. */
function settableFields(data: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settablePart(data)).filter(([key]) => !computedFields.includes(key)),
  );
}

/** What an account cannot set on itself: whether it is enabled (an ancestor), whether it may add numbers (the master). */
function privileged(request: RestRequest, data: Record<string, unknown>): Partial<AccountDocument> {
  const { account, superduper } = caller(request);
  const { enabled, wnm_allow_additions } = data;
  const isAncestor = account._id !== targetAccount(request)._id;
  return {
    ...(isAncestor && typeof enabled === 'boolean' && { pvt_enabled: enabled }),
    ...(superduper &&
      typeof wnm_allow_additions === 'boolean' && { pvt_wnm_allow_additions: wnm_allow_additions }),
  };
}

/** Soft, in both places, its numbers given back; with others below, or with numbers on their way, it stays, as does the master. */
async function remove(request: RestRequest): Promise<DataReply> {
  const { store } = request.services;
  return exclusive(accountsLock, async () => {
    const account = await current(request, { fresh: true });
    checkRevision(request, account);
    if (account.pvt_superduper_admin)
      throw new AppError('invalid_method', {
        message: 'the master account cannot be deleted',
        details: { allowed: 'GET, PUT, POST, PATCH, OPTIONS' },
      });
    if (await hasDescendants(store, account._id)) throw new AppError('account_has_descendants');
    if (await hasActivePort(store, account._id)) throw new AppError('account_has_active_port');
    await giveBackAll(request);
    await removeAccountFromSipAuth(request.services, account._id);
    await removeBelongings(store, account._id);
    await forgetAccount(request.services, account._id);
    // The copy goes first: from then on the account does not exist.
    await store.database('accounts').remove(account._id);
    await store.database(accountDatabase(account._id)).remove(account._id);
    await recount(store, account.pvt_tree ?? []);
    if (account.realm !== undefined) await tell(request.services, regFlush, { Realm: account.realm });
    const { data, ...reply } = await shownAccount(request, account);
    return { ...reply, data: deleted(data as Record<string, unknown>) };
  });
}

async function readApiKey(request: RestRequest): Promise<DataReply> {
  return { data: { api_key: (await current(request)).pvt_api_key } };
}

/** Ends all tokens that were issued for the old key. */
async function renewApiKey(request: RestRequest): Promise<DataReply> {
  const pvt_api_key = newApiKey();
  await updateAccount(request.services.store, targetAccount(request)._id, (document) => ({
    ...document,
    pvt_api_key,
  }));
  return { data: { api_key: pvt_api_key } };
}

async function move(request: RestRequest<{ to: string }>): Promise<DataReply> {
  return shownAccount(request, await moveAccount(request));
}
