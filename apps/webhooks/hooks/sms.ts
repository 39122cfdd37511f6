// sms: a short message came in.
import { inboundSms } from '../../../core/messages/im.ts';
import { source } from './source.ts';

export const sms = source<typeof inboundSms>({
  bindings: [{ exchange: 'im', key: 'sms.inbound.#' }],
  contracts: [inboundSms],
  hookOf: () => 'sms',
  accountOf: (message) => message['Account-ID'],
  payloadOf: (message, account) => ({
    id: message['Message-ID'],
    account_id: account._id,
    type: 'sms',
    from: message.From,
    to: message.To,
    body: message.Body,
    origin: message['Route-Type'],
    charges: message.Charges,
  }),
});
