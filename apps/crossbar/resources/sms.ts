// sms: text messages of the months, and one to be sent (contract/crossbar.md §6.3).
import { randomUUID } from 'node:crypto';
import { type Static, Type } from '../../../core/contract/index.ts';
import { fromGregorian, type ViewRow } from '../../../core/couch/index.ts';
import { sms as contract, device, user } from '../../../core/documents/index.ts';
import { inboundSms, outboundSms } from '../../../core/messages/im.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import {
  accountEndpoint,
  auditFields,
  caller,
  checkRevision,
  type DataReply,
  deleted,
  idParameter,
  invalid,
  type ListReply,
  load,
  loadOfMonth,
  monthList,
  monthOfId,
  operation,
  pathParameter,
  publicPart,
  type RestModule,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';

const accepts = Type.Object(contract.fields);

export const sms: RestModule = {
  name: 'sms',
  summary: 'Text messages',
  endpoints: [
    accountEndpoint('sms', {
      GET: operation(
        'account',
        'Text messages, newest first',
        (request) => list(request, 'crossbar_listing'),
        {
          list: true,
        },
      ),
      PUT: operation('account', 'Sends a text message', send, { accepts, reply: contract.schema }),
    }),
    accountEndpoint('users/:user_id/sms', {
      GET: operation(
        'account',
        'Text messages of a user',
        async (request) => {
          const { _id } = await load(targetDatabase(request), user, pathParameter(request, 'user_id'));
          return list(request, 'listing_by_owner', _id);
        },
        { list: true },
      ),
    }),
    accountEndpoint('devices/:device_id/sms', {
      GET: operation(
        'account',
        'Text messages of a device',
        async (request) => {
          const { _id } = await load(targetDatabase(request), device, pathParameter(request, 'device_id'));
          return list(request, 'listing_by_device', _id);
        },
        { list: true },
      ),
    }),
    accountEndpoint(`sms/:${idParameter}`, {
      GET: operation('account', 'A text message', read, { reply: contract.schema }),
      DELETE: operation('admin', 'Deletes a text message', remove, { reply: contract.schema }),
    }),
  ],
};

function list(request: RestRequest, view: string, whose?: string): Promise<ListReply> {
  return monthList(request, {
    design: 'sms',
    view,
    ...(whose !== undefined && { prefix: [whose] }),
    show: row,
  });
}

/** With the time as RFC 1123 writes it. */
function row({ value }: ViewRow): unknown {
  const { created } = value as { readonly created?: number };
  return {
    ...(value as object),
    ...(created !== undefined && { date: fromGregorian(created).toUTCString() }),
  };
}

async function read(request: RestRequest): Promise<DataReply> {
  const found = await loadOfMonth(request, contract, pathParameter(request, idParameter));
  return { data: publicPart(found), revision: found._rev };
}

async function remove(request: RestRequest): Promise<DataReply> {
  const id = pathParameter(request, idParameter);
  const found = await loadOfMonth(request, contract, id, { fresh: true });
  checkRevision(request, found);
  const month = monthOfId(request, id);
  if (request.query['should_soft_delete'] === 'false') await month.remove(id, { hard: true });
  else await month.update(id, (document) => ({ ...document, ...auditFields(request), pvt_deleted: true }));
  return { data: deleted(publicPart(found)) };
}

/** Hands it to whoever delivers text messages; rejects with `nobody_listens` when there is nobody, and then it is not sent. */
async function send(request: RestRequest<Static<typeof accepts>>): Promise<DataReply> {
  const { body, to } = request.data;
  const account = targetAccount(request);
  const outside = findE164(to);
  const owner = await senderOf(request);
  const { caller_id: callerId } = { ...account, ...owner };
  const from = request.data.from ?? callerId?.[outside === undefined ? 'internal' : 'external']?.number;
  if (from === undefined) throw invalid('from', 'required', 'say from which number: there is no caller id');
  const fields = {
    'Message-ID': randomUUID(),
    Body: body,
    From: from,
    To: outside ?? to,
    'Account-ID': account._id,
    'Route-Type': outside === undefined ? 'onnet' : 'offnet',
    'Custom-Vars': {
      'Account-ID': account._id,
      'Authorizing-Type': owner ? user.type : 'account',
      'Authorizing-ID': owner?._id ?? account._id,
      ...(owner && { 'Owner-ID': owner._id }),
    },
  };
  const { bus } = request.services;
  if (outside === undefined) await bus.publish(inboundSms, fields, { mandatory: true });
  else await bus.publish(outboundSms, fields, { mandatory: true });
  return { data: { message_id: fields['Message-ID'], from, to: fields.To, body } };
}

/** The user who sends, when they are of the account. */
async function senderOf(request: RestRequest) {
  const { account, user: self } = caller(request);
  return account._id === targetAccount(request)._id ? self : undefined;
}
