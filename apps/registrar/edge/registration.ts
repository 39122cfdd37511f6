// A contact as reg_success tells of it, and back (contract/kamailio.md §2): what the edges of a zone share.
import type { MessageFields, MessageOf } from '../../../core/contract/index.ts';
import type { regSuccess } from '../../../core/messages/registration.ts';
import type { Binding } from './location.ts';
import { keyOf } from './register.ts';
import type { Listener } from './sip.ts';
import { parseAddress, parseUri } from './uri.ts';

export interface RegistrationOptions {
  readonly status: 'Registered' | 'Unregistered';
  readonly first: boolean;
  /** Where others reach this edge; a contact of another edge is told with that one's address. */
  readonly proxy: Listener;
}

/** Epoch seconds in which a contact was registered or refreshed. */
export const registeredAt = ({ until, granted }: Binding): number => Math.floor(until / 1000 - granted);

/** An expired or removed contact has Expires 0. Its time is that of the event, however late it is told. */
export function registration(
  binding: Binding,
  { status, first, proxy }: RegistrationOptions,
): MessageFields<typeof regSuccess> {
  const { source, vars, username, realm, owner } = binding;
  const { host, port } = owner ?? proxy;
  const [from, to] = [parseUri(binding.from), parseUri(binding.to)];
  const registered = status === 'Registered';
  const left = Math.max(0, Math.round((binding.until - Date.now()) / 1000));
  return {
    Realm: realm,
    Username: username,
    Status: status,
    Expires: registered ? left : 0,
    'Event-Timestamp': registered ? registeredAt(binding) : Math.floor(Date.now() / 1000),
    'First-Registration': first,
    Contact: binding.contact,
    'Original-Contact': binding.contact,
    RUID: binding.key,
    Path: binding.path || undefined,
    AOR: binding.aor,
    'Call-ID': binding.callId,
    'From-User': from?.user,
    'From-Host': from?.host,
    'To-User': to?.user,
    'To-Host': to?.host,
    'User-Agent': binding.userAgent,
    'Account-ID': textOf(vars['Account-ID']),
    'Authorizing-ID': textOf(vars['Authorizing-ID']),
    'Custom-Channel-Vars': vars,
    'Source-IP': source.host,
    'Source-Port': source.port,
    'Proxy-Path': `sip:${host}:${port}`,
    'Proxy-URI': `sip:${host}:${port}`,
    'Proxy-Protocol': source.protocol,
    'Proxy-IP': host,
    'Proxy-Port': port,
    'Registrar-Node': owner?.node,
    'Suppress-Unregister-Notify': vars['Suppress-Unregister-Notifications'],
    'Register-Overwrite-Notify': vars['Register-Overwrite-Notify'],
  };
}

/**
 * The contact that another edge tells of; undefined when it does not say where that is. What is told of ourselves
 * (`self` is our node: a peer remembers what we have lost) is ours again.
 */
export function bindingOf(message: MessageOf<typeof regSuccess>, self: string): Binding | undefined {
  const { Realm, Username, Contact, Path = '', RUID, 'Source-IP': host } = message;
  const [port, proxyPort] = [Number(message['Source-Port']), Number(message['Proxy-Port'] ?? 5060)];
  const key = RUID ?? keyOf(Contact, parseAddress(`<${Contact}>`).params);
  if (host === undefined || !(port > 0) || key === undefined) return undefined;
  const vars = message['Custom-Channel-Vars'] ?? {};
  const realm = Realm.toLowerCase();
  const until = Date.now() + Number(message.Expires) * 1000;
  const node = message['Registrar-Node'] ?? message.Node ?? '';
  return {
    aor: `${Username.toLowerCase()}@${realm}`,
    username: Username,
    realm,
    contact: Contact,
    key,
    q: 1,
    callId: message['Call-ID'] ?? '',
    cseq: 0,
    userAgent: message['User-Agent'] ?? '',
    from: uriOf(message['From-User'], message['From-Host']),
    to: uriOf(message['To-User'], message['To-Host']),
    path: Path,
    source: { protocol: message['Proxy-Protocol'] ?? 'udp', host, port },
    token: `${vars['Authorizing-ID']}@${vars['Account-ID']}`,
    vars,
    granted: until / 1000 - Number(message['Event-Timestamp']),
    until,
    ...(node === self ? {} : { owner: { node, host: message['Proxy-IP'] ?? '', port: proxyPort } }),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const uriOf = (user = '', host = ''): string => (host === '' ? '' : `sip:${user}@${host}`);
