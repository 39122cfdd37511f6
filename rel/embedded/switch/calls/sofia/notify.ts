// `sendevent NOTIFY`: tells a phone something outside of any call, check-sync for instance.

import { addressOf, formatUri, newRequest } from '../../../sip/stack/index.ts';
import type { CommandFrame } from '../../eventsocket/index.ts';
import { PROFILE_NAME, type SipProfile } from './contract.ts';
import { parseTarget } from './target.ts';

const SUMMARY = { event: 'message-summary', type: 'application/simple-message-summary' };

/** Sends what the headers describe, as mod_sofia does: `contact-uri` (with `fs_path`), `to-uri`, `from-uri`, `event-string`. */
export function sendNotify({ core, stack, contact }: SipProfile, { headers, body }: CommandFrame): void {
  const [to, from] = [headers.get('to-uri'), headers.get('from-uri')];
  const target = parseTarget(`${PROFILE_NAME}/${headers.get('contact-uri') ?? to ?? ''}`);
  if (headers.get('profile') !== PROFILE_NAME || !to || !from || !target) {
    core.log.warn('NOTIFY not sent: it needs profile, to-uri, from-uri and a readable contact-uri');
    return;
  }
  const request = newRequest('NOTIFY', formatUri(target.uri), {
    from,
    to,
    contact: contact('udp'),
    headers: {
      Event: headers.get('event-string') ?? SUMMARY.event,
      'Subscription-State': 'terminated;reason=noresource',
      'Content-Type': headers.get('content-type') ?? SUMMARY.type,
    },
    body: body ?? '',
  });
  const [, name, value = ''] = /^([\w-]+):\s*(.*)$/s.exec(headers.get('extra-headers') ?? '') ?? [];
  if (name !== undefined) request.headers.set(name, value);
  stack.request(request, target.path === undefined ? {} : { target: addressOf(target.path) });
}
