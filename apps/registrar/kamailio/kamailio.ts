// One Kamailio as the bridge sees it: whether it lives, what it has been told, and what it holds.

import { isRecord } from '../../../core/contract/index.ts';
import { errorText } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import {
  type Contact,
  contactsOf,
  contactsOfUser,
  destinationsOf,
  type Socket,
  socketsOf,
  tableOf,
} from './answers.ts';
import { type Fact, type Facts, ordersBetween, readFacts, type Subject } from './facts.ts';
import type { Identity } from './registrations.ts';
import type { Rpc } from './rpc.ts';

export interface Kamailio {
  readonly url: string;
  readonly alive: boolean;
  /** SIP listeners, as others reach them. */
  readonly sockets: readonly Socket[];
  /** Media servers by URI, and whether they get calls. */
  readonly switches: ReadonlyMap<string, boolean>;
  readonly registrations: number;
  /**
   * Makes Kamailio know these facts, and forget others unless they are of an `unknown` subject. Never rejects; resolves
   * with true when it has just come (back).
   */
  tell(facts: Facts, unknown?: ReadonlySet<Subject>): Promise<boolean>;
  /** Forgets what is known of a user of a realm, or of all of it; without `cacheOnly` also the contacts, which it gives. */
  flush(realm: string, username: string | undefined, cacheOnly: boolean): Promise<Contact[]>;
  /**
   * A flush may have been missed: with the next `tell` everybody is asked about again. Contacts stay, and whose they are. What
   * comes (back) is doubted in any case.
   */
  doubt(): void;
  /** The contacts of a realm or a user of it, or all. */
  contacts(realm?: string, username?: string): Promise<Contact[]>;
  /** Gives back what Kamailio forgot of a user at its last restart. */
  remember(aor: string, identity: Identity): Promise<void>;
  /** The channel variables and tokens by address of record. */
  identities(): Promise<{
    readonly vars: ReadonlyMap<string, string>;
    readonly tokens: ReadonlyMap<string, string>;
  }>;
}

/** Tables in which a user is known under its address of record. */
const caches = ['secret', 'token', 'vars', 'since', 'refused'];
/** Those by which somebody is let in or refused; the variables only say who it is. */
const beliefs = caches.filter((table) => table !== 'vars');

export function createKamailio(rpc: Rpc, log: Logger): Kamailio {
  let since: string | undefined;
  let told = new Map<string, Fact>();
  let sockets: readonly Socket[] = [];
  let switches: ReadonlyMap<string, boolean> = new Map();
  let registrations = 0;
  let doubted = false;
  // Another bridge counts from elsewhere, so that each value is a new one.
  let flushes = Math.floor(Math.random() * 1_000_000_000);

  const look = async (): Promise<boolean> => {
    const uptime = await rpc.call('core.uptime');
    const up = isRecord(uptime) ? String(uptime['up_since']) : '';
    const came = up !== since;
    if (came) {
      const own = Number(new URL(rpc.url).port);
      sockets = socketsOf(await rpc.call('core.sockets_list')).filter(({ port }) => port !== own);
      told = await readFacts(rpc);
      since = up;
      log.info('Kamailio is there', { url: rpc.url, listeners: sockets.length, since: up });
    }
    registrations = Number(await rpc.call('cnt.get', 'usrloc', 'location_contacts')) || 0;
    return came;
  };
  /** A REGISTER that is being worked on sees that there was a flush, and asks again or keeps nothing. */
  const countFlush = async (): Promise<void> => {
    flushes = (flushes + 1) % 1_000_000_000;
    await rpc.call('pv.shvSet', 'flushes', 'int', flushes);
  };
  const forgetDoubted = async (): Promise<void> => {
    if (!doubted) return;
    doubted = false;
    await countFlush();
    for (const table of beliefs) await rpc.call('htable.flush', table);
    log.info('Kamailio asks about every user again: a flush may have been missed', { url: rpc.url });
  };
  const update = async (facts: Facts, unknown?: ReadonlySet<Subject>): Promise<void> => {
    for (const { name, orders } of ordersBetween(told, facts, unknown)) {
      for (const [method, ...params] of orders) await rpc.call(method, ...params);
      const fact = facts.get(name);
      if (fact) told.set(name, fact);
      else told.delete(name);
    }
    const listed = [...told.keys()].some((name) => name.startsWith('dispatcher '))
      ? await rpc.call('dispatcher.list')
      : undefined;
    switches = new Map(destinationsOf(listed).map(({ uri, active }) => [uri, active]));
  };
  const contacts: Kamailio['contacts'] = (realm, username) => contactsAt(rpc, realm, username);
  return {
    url: rpc.url,
    get alive() {
      return since !== undefined;
    },
    get sockets() {
      return sockets;
    },
    get switches() {
      return switches;
    },
    get registrations() {
      return registrations;
    },
    tell: async (facts, unknown) => {
      try {
        const came = await look();
        // Unreached, it was told of no flush. That holds too when what follows fails, for then it comes back once more.
        if (came) doubted = true;
        await forgetDoubted();
        await update(facts, unknown);
        return came;
      } catch (error) {
        if (since !== undefined)
          log.warn('Kamailio cannot be reached', { url: rpc.url, error: errorText(error) });
        since = undefined;
        switches = new Map();
        return false;
      }
    },
    doubt: () => {
      doubted = true;
    },
    contacts,
    remember: async (aor, { vars = '', token = '' }) => {
      await rpc.call('htable.sets', 'vars', aor, vars);
      await rpc.call('htable.sets', 'token', aor, token);
    },
    identities: async () => ({ vars: await dump(rpc, 'vars'), tokens: await dump(rpc, 'token') }),
    flush: async (realm, username, cacheOnly) => {
      // First of all, so that a REGISTER that is being worked on leaves nothing behind.
      const whole = username === undefined ? realm : `${username}@${realm}`;
      if (!cacheOnly) await rpc.call('htable.seti', 'flushed', whole.toLowerCase(), 1);
      await countFlush();
      // What is not there cannot be deleted: Kamailio calls that an error.
      for (const aor of await usersAt(rpc, realm, username)) {
        for (const table of caches) await rpc.call('htable.delete', table, aor).catch(() => undefined);
        await rpc.call('htable.delete', 'secret', `${aor}::hashed`).catch(() => undefined);
      }
      if (cacheOnly) return [];
      const gone = await contacts(realm, username);
      for (const aor of new Set(gone.map((it) => it.aor))) await rpc.call('ul.rm', 'location', aor);
      await toldAll(rpc);
      return gone;
    },
  };
}

const dump = async (rpc: Rpc, table: string) => tableOf(await rpc.call('htable.dump', table));

/** The users of a realm of whom something is known, or the one that is named. */
async function usersAt(rpc: Rpc, realm: string, username: string | undefined): Promise<string[]> {
  if (username !== undefined) return [`${username}@${realm}`.toLowerCase()];
  const end = `@${realm.toLowerCase()}`;
  const [known, refused] = [await dump(rpc, 'vars'), await dump(rpc, 'refused')];
  return [...new Set([...known.keys(), ...refused.keys()])].filter((aor) => aor.endsWith(end));
}

async function contactsAt(rpc: Rpc, realm?: string, username?: string): Promise<Contact[]> {
  if (realm !== undefined && username !== undefined) {
    const aor = `${username}@${realm}`.toLowerCase();
    // Kamailio answers with an error for a user without contacts.
    return contactsOfUser(await rpc.call('ul.lookup', 'location', aor).catch(() => undefined));
  }
  const end = realm === undefined ? '' : `@${realm.toLowerCase()}`;
  return contactsOf(await rpc.call('ul.dump')).filter(({ aor }) => aor.endsWith(end));
}

/** What Kamailio had to tell before must be heard before what we tell of it; a dead broker holds nobody up. */
async function toldAll(rpc: Rpc): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    const queue = await rpc.call('mqueue.get_size', 'tell');
    if (isRecord(queue) && queue['size'] === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
