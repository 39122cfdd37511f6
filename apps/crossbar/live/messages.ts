// Messages of the months, of an account, its users and its devices: what sms and mms have in common.
import type { AnyDocument, DocumentOf, Permission } from '../../../core/contract/index.ts';
import { fromGregorian, type ViewRow } from '../../../core/couch/index.ts';
import { device, user } from '../../../core/documents/index.ts';
import {
  accountEndpoint,
  auditFields,
  caller,
  checkRevision,
  type DataReply,
  deleted,
  type Endpoint,
  idParameter,
  invalid,
  type ListReply,
  load,
  loadOfMonth,
  monthList,
  monthOfId,
  type Operation,
  operation,
  pathParameter,
  publicPart,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';

/** The endpoints of one kind of messages; the path is also the name of its views. `send` is what sends one, for whom it is. */
export function messageEndpoints(
  contract: AnyDocument,
  path: string,
  send: (permission: Permission) => Operation,
): Endpoint[] {
  const { summary, schema } = contract;
  const list =
    (view: string, whose?: (request: RestRequest) => Promise<string>) =>
    async (request: RestRequest): Promise<ListReply> =>
      monthList(request, {
        design: path,
        view,
        ...(whose && { prefix: [await whose(request)] }),
        show: row,
      });
  const idOf = (document: AnyDocument, name: string) => async (request: RestRequest) =>
    (await load(targetDatabase(request), document, pathParameter(request, name)))._id;
  const listed = { list: true };
  return [
    accountEndpoint(path, {
      GET: operation('account', `${summary}: all, newest first`, list('crossbar_listing'), listed),
      PUT: send('account'),
    }),
    accountEndpoint(`users/:user_id/${path}`, {
      GET: operation(
        'account',
        `${summary}: those of a user`,
        list('listing_by_owner', idOf(user, 'user_id')),
        listed,
      ),
      PUT: send('owner'),
    }),
    accountEndpoint(`devices/:device_id/${path}`, {
      GET: operation(
        'account',
        `${summary}: those of a device`,
        list('listing_by_device', idOf(device, 'device_id')),
        listed,
      ),
    }),
    accountEndpoint(`${path}/:${idParameter}`, {
      GET: operation('account', summary, (request) => read(request, contract), { reply: schema }),
      DELETE: operation('admin', `Deletes: ${summary}`, (request) => remove(request, contract), {
        reply: schema,
      }),
    }),
  ];
}

/** With the time as RFC 1123 writes it. */
function row({ value }: ViewRow): unknown {
  const { created } = value as { readonly created?: number };
  return {
    ...(value as object),
    ...(created !== undefined && { date: fromGregorian(created).toUTCString() }),
  };
}

async function read(request: RestRequest, contract: AnyDocument): Promise<DataReply> {
  const found = await loadOfMonth(request, contract, pathParameter(request, idParameter));
  return { data: publicPart(found), revision: found._rev };
}

async function remove(request: RestRequest, contract: AnyDocument): Promise<DataReply> {
  const id = pathParameter(request, idParameter);
  const found = await loadOfMonth(request, contract, id, { fresh: true });
  checkRevision(request, found);
  const month = monthOfId(request, id);
  if (request.query['should_soft_delete'] === 'false') await month.remove(id, { hard: true });
  else await month.update(id, (document) => ({ ...document, ...auditFields(request), pvt_deleted: true }));
  return { data: deleted(publicPart(found)) };
}

/** The user who sends: the one in the path, else the caller, when they are of the account. Rejects with `bad_identifier`. */
export async function senderOf(request: RestRequest): Promise<DocumentOf<typeof user> | undefined> {
  if (request.params['user_id'] !== undefined)
    return load(targetDatabase(request), user, request.params['user_id']);
  const { account, user: self } = caller(request);
  return account._id === targetAccount(request)._id ? self : undefined;
}

/** The number that a message comes from: the one given, else the caller id. Rejects with `from.required`. */
export function numberFrom(
  request: RestRequest,
  sender: DocumentOf<typeof user> | undefined,
  given: string | undefined,
  kind: 'internal' | 'external',
): string {
  const { caller_id: callerId } = { ...targetAccount(request), ...sender };
  const from = given ?? callerId?.[kind]?.number;
  if (from === undefined) throw invalid('from', 'required', 'say from which number: there is no caller id');
  return from;
}
