// sms: text messages of the months, and one to be sent (contract/crossbar.md §6.3).
import { type Static, Type } from '../../../core/contract/index.ts';
import { sms as contract, user } from '../../../core/documents/index.ts';
import { inboundSms, outboundSms } from '../../../core/messages/im.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import {
  type DataReply,
  invalid,
  operation,
  type RestModule,
  type RestRequest,
  resellerOf,
  targetAccount,
} from '../engine/index.ts';
import { messageEndpoints, numberFrom, senderOf } from '../live/messages.ts';
import { findNumber } from '../numbers/numbers.ts';

const accepts = Type.Object(contract.fields);

export const sms: RestModule = {
  name: 'sms',
  summary: 'Text messages',
  endpoints: messageEndpoints(contract, 'sms', (permission) =>
    operation(permission, 'Sends a text message', send, { accepts, reply: contract.schema }),
  ),
};

/** Hands it to whoever delivers text messages; rejects with `nobody_listens` when there is nobody, and then it is not sent. */
async function send(request: RestRequest<Static<typeof accepts>>): Promise<DataReply> {
  const { body, to } = request.data;
  const account = targetAccount(request);
  const outside = findE164(to);
  const owner = await senderOf(request);
  const from = numberFrom(request, owner, request.data.from, outside === undefined ? 'internal' : 'external');
  if (outside !== undefined) await checkFrom(request, from);
  const fields = {
    'Message-ID': request.id,
    Body: body,
    From: from,
    To: outside ?? to,
    'Account-ID': account._id,
    'Route-Type': outside === undefined ? 'onnet' : 'offnet',
    'Custom-Vars': {
      'Account-ID': account._id,
      'Reseller-ID': resellerOf(account),
      'Authorizing-Type': owner ? user.type : 'account',
      'Authorizing-ID': owner?._id ?? account._id,
      ...(owner && { 'Owner-ID': owner._id }),
    },
  };
  const { bus } = request.services;
  if (outside === undefined) await bus.publish(inboundSms, fields, { mandatory: true });
  else await bus.publish(outboundSms, fields, { mandatory: true });
  return {
    data: {
      message_id: fields['Message-ID'],
      from,
      to: fields.To,
      body,
      custom_vars: snakeCase(fields['Custom-Vars']),
      route_type: fields['Route-Type'],
    },
  };
}

/** To others a message goes only from a number of the account that has text messages. Throws at `from`. */
async function checkFrom(request: RestRequest, from: string): Promise<void> {
  const e164 = findE164(from);
  const found = e164 === undefined ? undefined : await findNumber(request.services, e164);
  // Whether others have the number is not said.
  if (found?.pvt_assigned_to !== targetAccount(request)._id)
    throw invalid('from', 'forbidden', 'the account has no such number', { value: from });
  if (found.sms?.enabled !== true)
    throw invalid('from', 'forbidden', 'the number has no text messages', { value: from });
}
