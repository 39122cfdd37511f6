// The registrations on the bus: told as they change, told again when asked, forgotten when flushed.
import type { Delivery } from '../../../core/amqp/index.ts';
import type { AppContext } from '../../../core/app/index.ts';
import type { MessageFields, MessageOf } from '../../../core/contract/index.ts';
import { regFlush, regSuccess, regSync } from '../../../core/messages/registration.ts';
import { whenBrokerReturns } from '../reconnect.ts';
import type { CredentialStore } from './credentials.ts';
import type { Binding, Location } from './location.ts';
import { searchPartialResp, searchReq, searchResp } from './messages.ts';
import { bindingOf, registeredAt, registration } from './registration.ts';
import type { Listener } from './sip.ts';
import { createUntold } from './untold.ts';

export interface AnnouncingOptions {
  readonly context: AppContext;
  readonly location: Location;
  readonly credentials: CredentialStore;
  /** The address under which phones and media servers reach this edge. */
  readonly proxy: () => Listener;
  /** Whether an edge of this name is alive. */
  readonly isAlive: (node: string) => boolean;
  /** The table has changed by what another edge or a flush said. */
  readonly onChange: () => void;
}

export interface Announcing {
  /** Publishes a saved or (`Unregistered`) removed contact; what cannot be told waits for the broker. */
  tell(binding: Binding, status: 'Registered' | 'Unregistered', first: boolean): void;
  /** A contact was saved again: told when it moved or its time changed, and when a third of the time is over. */
  renew(binding: Binding): void;
  /** The time of a contact is over, or it was flushed: told by the edge at which it registered, when that is alive. */
  lose(binding: Binding): void;
  stop(): Promise<void>;
}

export async function startAnnouncing(options: AnnouncingOptions): Promise<Announcing> {
  const { context, location, proxy, isAlive, onChange } = options;
  const { bus, metrics, log } = context;
  const failures = metrics.counter(
    'edge_announcements_lost_total',
    'reg_success messages that found no room while the broker was away',
  );
  const untold = createUntold<MessageFields<typeof regSuccess>>(
    (fields) => bus.publish(regSuccess, fields),
    () => failures.inc(),
  );
  const told = new Map<string, Told>();
  const tell: Announcing['tell'] = (binding, status, first) => {
    const key = nameOf(binding);
    if (status === 'Registered')
      told.set(key, { what: newsOf(binding), until: Date.now() + (binding.granted * 1000) / 3 });
    else told.delete(key);
    untold.tell(key, registration(binding, { status, first, proxy: proxy() }));
  };
  const speaksFor = ({ owner }: Binding): boolean => owner === undefined || !isAlive(owner.node);
  const lose = (binding: Binding): void => {
    if (speaksFor(binding)) tell(binding, 'Unregistered', false);
    onChange();
  };
  const learn = (message: MessageOf<typeof regSuccess>): void => {
    const given = bindingOf(message, context.node);
    if (message.Node === context.node || !given) return;
    const known = location.get(given.aor, given.key);
    // What is known here is newer: the other edge was away, and may think that the phone is still its own.
    if (known && !known.owner && registeredAt(known) >= Number(message['Event-Timestamp'])) {
      if (given.owner) tell(known, 'Registered', false);
      return;
    }
    if (known && registeredAt(known) > Number(message['Event-Timestamp'])) return;
    if (known) location.remove(known);
    if (given.until > Date.now() && message.Status !== 'Unregistered') location.save(given);
    told.delete(nameOf(given));
    onChange();
  };
  const flush = ({ Realm, Username, 'Cache-Only': cacheOnly }: MessageOf<typeof regFlush>): void => {
    options.credentials.flush(Realm, Username);
    if (cacheOnly === true) return;
    for (const binding of location.of(Realm, Username)) if (location.remove(binding)) lose(binding);
  };
  const answerSync = async (request: Delivery<typeof regSync>): Promise<void> => {
    const { Node: node, 'Server-ID': asker } = request.message;
    if (asker === orders.queue) return;
    const about = (it: Binding): boolean => speaksFor(it) || it.owner?.node === node;
    await tellAll(options, about, request);
  };
  const orders = await bus.consume(
    {
      addressed: true,
      bindings: [
        'registration.success.#',
        'registration.flush.#',
        'registration.sync',
        'registration.search_req.#',
      ].map((key) => ({ exchange: 'registrar', key }) as const),
      contracts: [regSuccess, regFlush, regSync, searchReq],
      // Whoever was flushed meanwhile may sign in with a new password only; who is registered stays so.
      onBack: () => options.credentials.flush(),
    },
    async (delivery) => {
      const { contract } = delivery as { readonly contract: unknown };
      if (contract === regSuccess) learn((delivery as Delivery<typeof regSuccess>).message);
      else if (contract === regFlush) flush((delivery as Delivery<typeof regFlush>).message);
      else if (contract === regSync) await answerSync(delivery as Delivery<typeof regSync>);
      else await search(options, speaksFor, delivery as Delivery<typeof searchReq>);
    },
  );
  /** The other edges tell what registered there, to our own queue. */
  const ask = (): void => {
    bus
      .publish(regSync, {}, { serverId: orders.queue })
      .catch((error: unknown) =>
        log.warn('the other edges could not be asked for their contacts', { error }),
      );
  };
  ask();
  const forget = whenBrokerReturns(bus, ask);
  return {
    tell,
    renew: (binding) => {
      const before = told.get(nameOf(binding));
      if (before?.what === newsOf(binding) && Date.now() < before.until) return;
      tell(binding, 'Registered', false);
    },
    lose,
    stop: () => {
      forget();
      untold.stop();
      return orders.stop();
    },
  };
}

const nameOf = ({ aor, key }: Binding): string => `${aor} ${key}`;

/** What was last told of a contact, and until when (epoch ms) it need not be told again. */
interface Told {
  readonly what: string;
  readonly until: number;
}

/** What others must know of a contact. */
function newsOf({ contact, granted, source: { protocol, host, port } }: Binding): string {
  return `${contact} ${granted} ${protocol}:${host}:${port}`;
}

/** These contacts as a reg_success each, to the one who asks. */
async function tellAll(
  { context, location, proxy }: AnnouncingOptions,
  about: (binding: Binding) => boolean,
  request: Delivery<typeof regSync>,
): Promise<void> {
  const options = { status: 'Registered', first: false, proxy: proxy() } as const;
  for (const binding of [...location].filter(about))
    await context.bus.reply(request, regSuccess, registration(binding, options));
}

const rowsPerMessage = 100;

async function search(
  { context, location, proxy }: AnnouncingOptions,
  speaksFor: (binding: Binding) => boolean,
  request: Delivery<typeof searchReq>,
): Promise<void> {
  const { Realm, Username } = request.message;
  const options = { status: 'Registered', first: false, proxy: proxy() } as const;
  const rows = location
    .of(Realm, Username)
    .filter(speaksFor)
    .map((it) => ({ ...registration(it, options) }));
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
