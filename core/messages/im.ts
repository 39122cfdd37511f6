// Short messages on the bus (contract/kapi.md, kapi_im).
import { message, segment } from '../contract/index.ts';
import { Any, maybeText, some, text, Vars } from './fields.ts';

/** A message that came in, from a phone (`onnet`) or a carrier (`offnet`). */
export const inboundSms = message({
  category: 'sms',
  name: 'inbound',
  exchange: 'im',
  key: (m) =>
    ['sms', 'inbound', m['Route-Type']?.toLowerCase(), segment(m['Message-ID'])].filter(Boolean).join('.'),
  summary: 'A short message came in',
  fields: {
    ...text('Body From Message-ID To'),
    ...maybeText('Account-ID Request Route-ID Route-Type System-ID Transaction-ID'),
    ...some(Any, 'Charges'),
    ...some(Vars, 'Custom-SIP-Headers Custom-Vars'),
  },
});

/** A message that is to leave the cluster through a carrier. */
export const outboundSms = message({
  category: 'sms',
  name: 'outbound',
  exchange: 'im',
  key: (m) =>
    ['sms', 'outbound', m['Route-ID']?.toLowerCase(), segment(m['Message-ID'])].filter(Boolean).join('.'),
  summary: 'A short message is to go out',
  fields: {
    ...text('Body From Message-ID To'),
    ...maybeText('Account-ID Application-ID Request Route-ID Route-Type System-ID Transaction-ID'),
    ...some(Vars, 'Custom-Vars'),
  },
});
