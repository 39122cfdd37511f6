// The registrations on the bus: told as they change, told again when asked, forgotten when flushed.
import type { Delivery } from '../../../core/amqp/index.ts';
import type { AppContext } from '../../../core/app/index.ts';
import type { MessageFields } from '../../../core/contract/index.ts';
import { regFlush, regSuccess, regSync } from '../../../core/messages/registration.ts';
import type { CredentialStore } from './credentials.ts';
import type { Binding, Location } from './location.ts';
import { searchPartialResp, searchReq, searchResp } from './messages.ts';
import type { Listener } from './sip.ts';
import { createUntold } from './untold.ts';
import { parseUri } from './uri.ts';

export interface AnnouncingOptions {
  readonly context: AppContext;
  readonly location: Location;
  readonly credentials: CredentialStore;
  /** The address under which phones and media servers reach this edge. */
  readonly proxy: () => Listener;
  readonly onRemoved: (binding: Binding) => void;
}

export interface Announcing {
  /** Publishes a saved or (`Unregistered`) removed contact; what cannot be told waits for the broker. */
  tell(binding: Binding, status: 'Registered' | 'Unregistered', first: boolean): void;
  /** A contact was saved again: told when it moved or its time changed, and when a third of the time is over. */
  renew(binding: Binding): void;
  stop(): Promise<void>;
}

export async function startAnnouncing(options: AnnouncingOptions): Promise<Announcing> {
  const { context, location, proxy } = options;
  const { bus, metrics } = context;
  const failures = metrics.counter(
    'edge_announcements_lost_total',
    'reg_success messages that found no room while the broker was away',
  );
  const orders = await bus.consume(
    {
      bindings: ['registration.flush.#', 'registration.sync', 'registration.search_req.#'].map(
        (key) => ({ exchange: 'registrar', key }) as const,
      ),
      contracts: [regFlush, regSync, searchReq],
    },
    async (delivery) => {
      const { contract } = delivery as { readonly contract: unknown };
      if (contract === regFlush) flush(options, delivery as Delivery<typeof regFlush>);
      else if (contract === regSync) await tellAll(options, delivery as Delivery<typeof regSync>);
      else await search(options, delivery as Delivery<typeof searchReq>);
    },
  );
  const untold = createUntold<MessageFields<typeof regSuccess>>(
    (fields) => bus.publish(regSuccess, fields),
    () => failures.inc(),
  );
  const told = new Map<string, Told>();
  const tell: Announcing['tell'] = (binding, status, first) => {
    const key = `${binding.aor} ${binding.key}`;
    if (status === 'Registered')
      told.set(key, { what: newsOf(binding), until: Date.now() + (binding.granted * 1000) / 3 });
    else told.delete(key);
    untold.tell(key, registration(binding, proxy(), status, first));
  };
  return {
    tell,
    renew: (binding) => {
      const before = told.get(`${binding.aor} ${binding.key}`);
      if (before?.what === newsOf(binding) && Date.now() < before.until) return;
      tell(binding, 'Registered', false);
    },
    stop: () => {
      untold.stop();
      return orders.stop();
    },
  };

  function flush({ credentials }: AnnouncingOptions, { message }: Delivery<typeof regFlush>): void {
    const { Realm, Username, 'Cache-Only': cacheOnly } = message;
    credentials.flush(Realm, Username);
    if (cacheOnly === true) return;
    for (const binding of location.of(Realm, Username))
      if (location.remove(binding)) options.onRemoved(binding);
  }
}

/** What was last told of a contact, and until when (epoch ms) it need not be told again. */
interface Told {
  readonly what: string;
  readonly until: number;
}

/** What others must know of a contact. */
function newsOf({ contact, granted, source: { protocol, host, port } }: Binding): string {
  return `${contact} ${granted} ${protocol}:${host}:${port}`;
}

/** Every binding as a reg_success to the one who asks. */
async function tellAll(
  { context, location, proxy }: AnnouncingOptions,
  request: Delivery<typeof regSync>,
): Promise<void> {
  for (const binding of [...location])
    await context.bus.reply(request, regSuccess, registration(binding, proxy(), 'Registered', false));
}

const rowsPerMessage = 100;

async function search(
  { context, location, proxy }: AnnouncingOptions,
  request: Delivery<typeof searchReq>,
): Promise<void> {
  const { Realm, Username } = request.message;
  const rows = location
    .of(Realm, Username)
    .map((it) => ({ ...registration(it, proxy(), 'Registered', false) }));
  for (let at = 0; at < rows.length; at += rowsPerMessage)
    await context.bus.reply(request, searchPartialResp, {
      Registrations: rows.slice(at, at + rowsPerMessage),
    });
  const aor = Username === undefined ? undefined : `${Username}@${Realm}`;
  await context.bus.reply(request, searchResp, {
    Registrations: [],
    AOR: aor,
    Metas: { Count: rows.length },
  });
}

/** contract/kamailio.md §2, reg_success. An expired or removed contact has Expires 0. */
function registration(
  binding: Binding,
  { host, port }: Listener,
  status: 'Registered' | 'Unregistered',
  first: boolean,
): MessageFields<typeof regSuccess> {
  const { source, vars, username, realm } = binding;
  const [from, to] = [parseUri(binding.from), parseUri(binding.to)];
  const left = Math.max(0, Math.round((binding.until - Date.now()) / 1000));
  const accountId = vars['Account-ID'];
  const authorizingId = vars['Authorizing-ID'];
  return {
    Realm: realm,
    Username: username,
    Status: status,
    Expires: status === 'Registered' ? left : 0,
    'Event-Timestamp': Math.floor(Date.now() / 1000),
    'First-Registration': first,
    Contact: binding.contact,
    'Original-Contact': binding.contact,
    AOR: binding.aor,
    'Call-ID': binding.callId,
    'From-User': from?.user,
    'From-Host': from?.host,
    'To-User': to?.user,
    'To-Host': to?.host,
    'User-Agent': binding.userAgent,
    'Account-ID': typeof accountId === 'string' ? accountId : undefined,
    'Authorizing-ID': typeof authorizingId === 'string' ? authorizingId : undefined,
    'Custom-Channel-Vars': vars,
    'Source-IP': source.host,
    'Source-Port': source.port,
    'Proxy-Path': `sip:${host}:${port}`,
    'Proxy-URI': `sip:${host}:${port}`,
    'Proxy-Protocol': source.protocol,
    'Proxy-IP': host,
    'Proxy-Port': port,
    'Suppress-Unregister-Notify': vars['Suppress-Unregister-Notifications'],
    'Register-Overwrite-Notify': vars['Register-Overwrite-Notify'],
  };
}
