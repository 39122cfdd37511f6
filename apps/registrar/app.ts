// registrar: says who may sign in, and keeps who is registered.
import type { Delivery } from '../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { authnReq, tokenReq } from '../../core/messages/authn.ts';
import {
  regFlush,
  regQuery,
  regQueryError,
  regQueryResp,
  regSuccess,
  regSync,
} from '../../core/messages/registration.ts';
import { answerAuthn, answerToken } from './authn.ts';
import { type Flushing, startFlushing } from './flushing.ts';
import { whenBrokerReturns } from './reconnect.ts';
import { Registrations } from './registrations.ts';

/** The registrar app. */
export const registrar: App = { name: 'registrar', start: (context) => startRegistrar(context) };

const sweepEvery = 60_000;
const youth = 3_000;

/**
 * Starts a registrar. Its table is filled by the edges, which takes a moment: for `youngFor` milliseconds its answers are
 * taken only where no other registrar knows better.
 */
export async function startRegistrar(context: AppContext, youngFor = youth): Promise<RunningApp> {
  const registrations = new Registrations();
  const flushing = startFlushing(context, registrations);
  context.metrics.gauge('registrar_registrations', 'registered contacts', () => registrations.size);
  const age = new Age(youngFor);
  const table = await keepTable(context, registrations, age);
  const asked = await answerRequests(context, flushing);
  const sweep = setInterval(() => registrations.sweep(), sweepEvery);
  // Each edge tells its bindings to our own queue; one that starts later tells its own as they come.
  await context.bus.publish(regSync, {}, { serverId: table.queue });
  const look = followBroker(context, age, table.queue);
  return {
    drain: () => asked.stop(),
    stop: async () => {
      clearInterval(sweep);
      look();
      flushing.stop();
      await Promise.all([asked.stop(), table.stop()]);
    },
  };
}

/** How long a registrar is at work, and whether its table may still have gaps. */
class Age {
  readonly #since = Date.now();
  readonly #youngFor: number;
  #gapUntil: number;

  constructor(youngFor: number) {
    this.#youngFor = youngFor;
    this.#gapUntil = this.#since + youngFor;
  }

  get seconds(): number {
    return Math.floor((Date.now() - this.#since) / 1000);
  }

  get mayHaveGaps(): boolean {
    return Date.now() < this.#gapUntil;
  }

  begin(): void {
    this.#gapUntil = Date.now() + this.#youngFor;
  }
}

/** What was told while the broker was away never came: the edges are asked again when it is back. */
function followBroker({ bus, log }: AppContext, age: Age, serverId: string): () => void {
  return whenBrokerReturns(bus, () => {
    age.begin();
    bus
      .publish(regSync, {}, { serverId })
      .catch((error: unknown) => log.warn('the edges could not be asked for their bindings', { error }));
  });
}

/** Credentials and tokens: any one instance answers. */
function answerRequests(context: AppContext, { learned }: Flushing) {
  const results = context.metrics.counter('registrar_authn_total', 'credential requests', ['result']);
  const options = { context, learned, count: (result: string) => results.inc({ result }) };
  return context.bus.consume(
    {
      queue: 'registrar_listener',
      bindings: [
        { exchange: 'callmgr', key: 'authn.req.*' },
        { exchange: 'callmgr', key: 'authn.token_req.*' },
        { exchange: 'registrar', key: 'authn.endpoint.req.*' },
      ],
      contracts: [authnReq, tokenReq],
    },
    (delivery) => {
      if (delivery.contract === tokenReq) return answerToken(context, delivery as Delivery<typeof tokenReq>);
      return answerAuthn(options, delivery as Delivery<typeof authnReq>);
    },
  );
}

/** The table: every instance keeps all of it, so every instance hears all. */
function keepTable(context: AppContext, registrations: Registrations, age: Age) {
  return context.bus.consume(
    {
      addressed: true,
      bindings: ['registration.success.#', 'registration.query.#', 'registration.flush.#'].map(
        (key) => ({ exchange: 'registrar', key }) as const,
      ),
      contracts: [regSuccess, regQuery, regFlush],
    },
    async (delivery) => {
      const { contract, message } = delivery as Delivery<typeof regSuccess>;
      if (contract === regSuccess) registrations.take(message);
      else if (message['Event-Name'] === ('reg_flush' as string))
        flush(registrations, delivery as Delivery<typeof regFlush>);
      else await answerQuery(context, registrations, age, delivery as Delivery<typeof regQuery>);
    },
  );
}

function flush(registrations: Registrations, { message }: Delivery<typeof regFlush>): void {
  if (message['Cache-Only'] !== true) registrations.flush(message.Realm, message.Username);
}

/** `Count-Only` gives `Count`; `Fields` names the fields wanted; nobody found is reg_query_error, as in Kazoo. */
async function answerQuery(
  { bus }: AppContext,
  registrations: Registrations,
  age: Age,
  request: Delivery<typeof regQuery>,
): Promise<void> {
  const { Realm, Username, Fields, 'Count-Only': countOnly } = request.message;
  const username = Username === '*' ? undefined : Username;
  const found = registrations.find({ realm: Realm === '*' ? undefined : Realm, username });
  const common = { 'Registrar-Age': age.seconds, ...(age.mayHaveGaps ? { 'Defer-Response': true } : {}) };
  if (countOnly === true) {
    await bus.reply(request, regQueryResp, { Count: found.length, ...common });
    return;
  }
  if (found.length === 0) {
    await bus.reply(request, regQueryError, common);
    return;
  }
  const wanted = Fields === undefined || Fields.length === 0 ? undefined : new Set(Fields);
  const rows = wanted
    ? found.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name))))
    : found.map((row) => ({ ...row }));
  await bus.reply(request, regQueryResp, { Fields: rows, Count: found.length, ...common });
}
