// Contacts of a Kamailio as reg_success and as rows of an answer (contract/kamailio.md §2).
import { isRecord, type MessageFields } from '../../../core/contract/index.ts';
import type { regSuccess } from '../../../core/messages/registration.ts';
import { parseUri, uriParam } from '../edge/uri.ts';
import type { Contact } from './answers.ts';

/** Who the user behind a contact is, as far as Kamailio still knows. */
export interface Identity {
  /** Custom-Channel-Vars as JSON. */
  readonly vars: string | undefined;
  /** `<Authorizing-ID>@<Account-ID>` */
  readonly token: string | undefined;
}

/** `Unregistered` has Expires 0. */
export function registration(
  contact: Contact,
  { vars }: Identity,
  status: 'Registered' | 'Unregistered',
): MessageFields<typeof regSuccess> {
  const [username = '', realm = ''] = contact.aor.split('@');
  const source = parseUri(contact.received || contact.address);
  const [, protocol = 'udp', host = '', port = '5060'] = /^(\w+):(.+):(\d+)$/.exec(contact.socket) ?? [];
  const variables = varsOf(vars);
  return {
    Realm: realm,
    Username: username,
    AOR: contact.aor,
    Status: status,
    Expires: status === 'Registered' ? contact.expires : 0,
    'Event-Timestamp': Math.floor(Date.now() / 1000),
    'First-Registration': false,
    Contact: contact.address,
    'Original-Contact': contact.address,
    'Call-ID': contact.callId,
    'From-User': username,
    'From-Host': realm,
    'To-User': username,
    'To-Host': realm,
    'User-Agent': contact.userAgent,
    'Source-IP': source?.host ?? '',
    'Source-Port': source?.port ?? 5060,
    'Account-ID': idIn(variables, 'Account-ID'),
    'Authorizing-ID': idIn(variables, 'Authorizing-ID'),
    'Custom-Channel-Vars': variables,
    ...(host === ''
      ? {}
      : {
          'Proxy-Path': `sip:${host}:${port}`,
          'Proxy-URI': `sip:${host}:${port}`,
          'Proxy-Protocol': (source && uriParam(source, 'transport')) ?? protocol,
          'Proxy-IP': host,
          'Proxy-Port': Number(port),
        }),
  };
}

function idIn(variables: Record<string, unknown> | undefined, name: string): string | undefined {
  const id = variables?.[name];
  return typeof id === 'string' ? id : undefined;
}

function varsOf(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
