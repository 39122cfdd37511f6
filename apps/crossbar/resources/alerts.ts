// alerts: messages that pages show to the people of some accounts (contract/crossbar.md §6.1).
import type { Permission } from '../../../core/contract/index.ts';
import { gregorian, type StoredDocument } from '../../../core/couch/index.ts';
import { alert } from '../../../core/documents/index.ts';
import {
  accountEndpoint,
  auditFields,
  caller,
  type DataReply,
  dataObject,
  deleted,
  idParameter,
  load,
  missing,
  operation,
  pathParameter,
  publicPart,
  type RestModule,
  type RestRequest,
  settablePart,
  targetAccount,
} from '../engine/index.ts';

const whole = { reply: alert.schema };
const reader: Permission = 'account';

export const alerts: RestModule = {
  name: 'alerts',
  summary: 'Messages for the people of accounts',
  endpoints: [
    accountEndpoint('alerts', {
      GET: operation(reader, 'The messages for the caller', list),
      PUT: operation('superduper', 'Creates a message', create, { body: alert.schema, ...whole }),
    }),
    accountEndpoint(`alerts/:${idParameter}`, {
      GET: operation(reader, 'A message for the caller', read, whole),
      DELETE: operation('admin', 'Removes a message', remove, whole),
    }),
  ],
};

const databaseOf = ({ services }: RestRequest) => services.store.database('alerts');

/** Whom a message may be for, so that the caller sees it in this account: the keys of the view. */
function audience(request: RestRequest): [string, string][] {
  const { user, admin } = caller(request);
  const account = targetAccount(request)._id;
  return [
    ['account', 'all'],
    ['account', account],
    ['user', 'all'],
    ...(user ? [['user', user._id] as [string, string]] : []),
    ...(admin ? [['user', 'admins'] as [string, string]] : []),
  ];
}

const isOver = ({ expiration_date }: { readonly expiration_date?: unknown }): boolean =>
  typeof expiration_date === 'number' && expiration_date < gregorian();

async function list(request: RestRequest): Promise<DataReply> {
  const rows = await databaseOf(request).view<{ id: string; expiration_date?: number }>(
    'alerts',
    'available',
    {
      keys: audience(request),
      fresh: true,
    },
  );
  const found = new Map(rows.filter(({ value }) => !isOver(value)).map(({ id, value }) => [id, value]));
  return { data: [...found.values()] };
}

async function create(request: RestRequest): Promise<DataReply> {
  const document = alert.accept(settablePart(dataObject(request)));
  const stored = await databaseOf(request).save({
    ...document,
    ...auditFields(request),
    pvt_type: alert.type,
    pvt_account_id: targetAccount(request)._id,
  } as StoredDocument);
  return { data: publicPart(stored), revision: stored._rev, location: stored._id };
}

/** One that is not for the caller is as good as none. */
async function find(request: RestRequest) {
  const id = pathParameter(request, idParameter);
  const document = await load(databaseOf(request), alert, id, { fresh: true });
  const mine = audience(request).map((key) => key.join(' '));
  if (
    !caller(request).superduper &&
    !document.to.some(({ type, value }) => mine.includes(`${type} ${value}`))
  )
    throw missing(id);
  return document;
}

async function read(request: RestRequest): Promise<DataReply> {
  const document = await find(request);
  return { data: publicPart(document), revision: document._rev };
}

/** What is for one account alone may be removed by its administrators; what others see too, only by an operator. */
async function remove(request: RestRequest): Promise<DataReply> {
  const document = await find(request);
  const { _id: account } = targetAccount(request);
  const isOwn = document.to.every(({ type, value }) => type === 'account' && value === account);
  if (!caller(request).superduper && !isOwn) throw missing(document._id);
  await databaseOf(request).remove(document._id);
  return { data: deleted(publicPart(document)) };
}
