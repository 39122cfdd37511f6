// Answers trusted.query: the addresses of carriers and PBXs that need no digest, each with the token that it stands for.
import type { AppContext, RunningApp } from '../../core/app/index.ts';
import { isMonthDatabase } from '../../core/couch/index.ts';
import { toAppError } from '../../core/errors/index.ts';
import { trustedQuery, trustedReload, trustedReply } from '../../core/messages/trusted.ts';
import type { Carriers } from './carriers.ts';
import { type Claim, disputed } from './disputes.ts';
import { createResolver, type Lookup } from './resolver.ts';
import {
  isTrustSource,
  readAccount,
  readAllAccounts,
  readCluster,
  readDevices,
  type Source,
} from './sources.ts';

/** One entry of `Trusted`; `disputed` are networks that another account claims as well, and that count for neither. */
interface Entry extends Claim {
  readonly disputed?: readonly string[];
}

export interface TrustedApp {
  health: NonNullable<RunningApp['health']>;
  stop(): Promise<void>;
}

// Several documents are often changed at once; names are looked up again after a while.
const gathering = 100;
const refreshing = 300_000;
const retrying = 5_000;

/**
 * Starts answering. The list is built behind: `trusted.reload` tells when it has changed. Every instance answers, so
 * that one that hangs leaves nobody without an answer.
 * @param lookup resolves host names, for tests.
 */
export async function startTrusted(
  context: Pick<AppContext, 'bus' | 'store' | 'log'>,
  carriers: Carriers,
  lookup?: Lookup,
): Promise<TrustedApp> {
  const { bus, store, log } = context;
  const list = new TrustedList(context, carriers, createResolver(log, lookup));
  const queries = await bus.consume(
    { bindings: [{ exchange: 'trusted', key: 'trusted.query' }], contracts: [trustedQuery] },
    async (delivery) => bus.reply(delivery, trustedReply, { Trusted: { ...list.entries } }),
  );
  const unsubscribe = store.onChange((change) => {
    if (isTrustSource(change.type)) list.expire(change.database);
  });
  const timer = setInterval(() => list.expire(), refreshing);
  timer.unref();
  list.expire();
  return {
    health: () =>
      list.loaded ? { ok: true } : { ok: false, detail: 'the trusted addresses have not been read yet' },
    stop: async () => {
      clearInterval(timer);
      unsubscribe();
      await queries.stop();
      await list.stop();
    },
  };
}

/** The list, kept up to date database by database. */
class TrustedList {
  readonly #context: Pick<AppContext, 'bus' | 'store' | 'log'>;
  readonly #carriers: Carriers;
  readonly #resolve: (host: string) => Promise<readonly string[]>;
  /** What each database says, in the order in which it counts: the cluster's carriers first. */
  readonly #sources = new Map<string, readonly Source[]>([
    ['offnet', []],
    ['sip_auth', []],
  ]);
  readonly #stale = new Set<string>();
  #accountsRead = false;
  #timer: NodeJS.Timeout | undefined;
  #building: Promise<void> = Promise.resolve();
  #stopped = false;
  #disputes = '';
  loaded = false;
  entries: Readonly<Record<string, Entry>> = {};

  constructor(
    context: Pick<AppContext, 'bus' | 'store' | 'log'>,
    carriers: Carriers,
    resolve: (host: string) => Promise<readonly string[]>,
  ) {
    this.#context = context;
    this.#carriers = carriers;
    this.#resolve = resolve;
  }

  /** Reads a database again soon; without a name only the addresses are looked up again. */
  expire(database?: string): void {
    if (database !== undefined) this.#stale.add(database);
    this.#schedule(gathering);
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // One build at a time, in order.
      this.#building = this.#building.then(() => this.#build());
    }, delay);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#building;
  }

  async #build(): Promise<void> {
    const { bus, log } = this.#context;
    try {
      await this.#read();
      const entries = await this.#resolved();
      const changed = JSON.stringify(entries) !== JSON.stringify(this.entries);
      this.entries = entries;
      if (!changed || this.#stopped) return;
      log.info('trusted addresses changed', { count: Object.keys(entries).length });
      await bus.publish(trustedReload, {});
    } catch (error) {
      log.warn('trusted addresses could not be read: they are tried again', { error: toAppError(error) });
      this.#schedule(retrying);
    }
  }

  async #read(): Promise<void> {
    const stale = [...this.#stale];
    this.#stale.clear();
    const { store } = this.#context;
    try {
      this.#sources.set('offnet', await readCluster(this.#carriers));
      this.#sources.set('sip_auth', await readDevices(store));
      if (!this.#accountsRead) {
        for (const [database, sources] of await readAllAccounts(store)) this.#sources.set(database, sources);
        this.#accountsRead = true;
      }
      for (const database of stale.filter((name) => name.startsWith('account/') && !isMonthDatabase(name)))
        this.#sources.set(database, await readAccount(store, database));
      this.loaded = true;
    } catch (error) {
      for (const database of stale) this.#stale.add(database);
      throw error;
    }
  }

  async #resolved(): Promise<Record<string, Entry>> {
    const sources = [...this.#sources.values()].flat();
    const claims = await Promise.all(
      sources.map(async ({ name, hosts, ports, token, type }): Promise<[string, Claim]> => {
        const cidrs = (await Promise.all(hosts.map(this.#resolve))).flat();
        return [name, { cidrs: [...new Set(cidrs)], ...(ports ? { ports } : {}), token, type }];
      }),
    );
    const named = claims.filter(([, { cidrs }]) => cidrs.length > 0);
    const shared = disputed(named.map(([, claim]) => claim));
    this.#warn(shared);
    return Object.fromEntries(named.map(([name, claim]) => [name, undisputed(claim, shared.get(claim))]));
  }

  /** Says once which addresses count for nobody. */
  #warn(shared: ReadonlyMap<Claim, ReadonlySet<string>>): void {
    const claims = [...shared].map(([{ token }, cidrs]) => `${[...cidrs].join(', ')} by ${token}`).sort();
    const text = claims.join('; ');
    if (text !== '' && text !== this.#disputes)
      this.#context.log.warn(
        'several accounts claim the same address: a call from there needs a password until only one does',
        { claims },
      );
    this.#disputes = text;
  }
}

function undisputed(claim: Claim, shared: ReadonlySet<string> | undefined): Entry {
  if (!shared) return claim;
  return { ...claim, cidrs: claim.cidrs.filter((cidr) => !shared.has(cidr)), disputed: [...shared] };
}
