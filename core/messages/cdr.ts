// The record of one leg, published once when it is destroyed (contract/kapi.md, kapi_cdr).
import { message, segment, Type } from '../contract/index.ts';
import { Any, Count, maybeText, some, Texts, text, Vars } from './fields.ts';

/** Timestamps in Gregorian seconds, `Channel-Created-Time` in microseconds. */
export const cdrReport = message({
  category: 'cdr',
  name: 'report',
  exchange: 'cdr',
  key: (m) => `cdr.report.${segment(m['Account-ID'])}`,
  fields: {
    ...text('Account-ID Call-ID'),
    ...some(Count, 'Timestamp Channel-Created-Time Duration-Seconds Ringing-Seconds Billing-Seconds'),
    ...maybeText(`Call-Direction Channel-State Channel-Call-State Channel-Name Channel-Answer-State Caller-ID-Number Caller-ID-Name
      Callee-ID-Number Callee-ID-Name Caller-Context Caller-Dialplan To-Tag From-Tag Presence-ID Media-Server Switch-Hostname
      Switch-Nodename Switch-URL Switch-URI User-Agent Request To To-URI From From-URI Caller-Destination-Number
      Other-Leg-Direction Other-Leg-Caller-ID-Name Other-Leg-Caller-ID-Number Other-Leg-Destination-Number Other-Leg-Call-ID
      Remote-SDP Local-SDP Hangup-Code Hangup-Cause Disposition Originating-Leg-UUID Interaction-ID Digits-Dialed`),
    ...some(
      Vars,
      'Caller-Profile Custom-Application-Vars Custom-Channel-Vars Custom-SIP-Headers Other-Leg Extended-Data',
    ),
    ...some(Any, 'Call-Interaction Call-Control Originated-Legs Transfer-History Call-Debug'),
    'Media-Recordings': Type.Optional(Texts),
  },
});
