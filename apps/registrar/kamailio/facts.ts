// What a Kamailio is told: facts, each with the order that makes it true and the one that takes it back.
import type { MediaServer } from '../edge/dispatcher.ts';
import type { EdgeOptions } from '../edge/options.ts';
import type { Entry } from '../edge/trusted.ts';
import { destinationsOf, tableOf } from './answers.ts';
import type { Rpc, RpcParams } from './rpc.ts';

/** One order: the method and its parameters. */
export type Order = readonly [method: string, ...RpcParams];

/** A fact by name. `value` tells whether a known one has changed. */
export interface Fact {
  readonly value: string;
  readonly set: Order;
  /** Undefined for what only ever changes. */
  readonly unset: Order | undefined;
}

export type Facts = ReadonlyMap<string, Fact>;

/** Kamailio's numbers of the ways to choose (dispatcher module, `alg`). */
const algorithms: Readonly<Record<string, number>> = { hash: 0, round_robin: 4, active: 8, weight: 9 };

const entry = (table: string, key: string, value: string | number): [string, Fact] => [
  `${table} ${key}`,
  {
    value: String(value),
    set: [typeof value === 'number' ? 'htable.seti' : 'htable.sets', table, key, value],
    unset: ['htable.delete', table, key],
  },
];

const destination = (set: number, uri: string, attributes: string, priority = 0): [string, Fact] => [
  `dispatcher ${set} ${uri}`,
  {
    value: attributes,
    // Flags 0: it gets calls at once. ecallmgr has just told that it works; probing finds out when it does not.
    set: ['dispatcher.add', set, uri, 0, priority, attributes],
    unset: ['dispatcher.remove', set, uri],
  },
];

export interface Known {
  readonly zone: string;
  readonly servers: readonly MediaServer[];
  /** Undefined until the first answer. */
  readonly trusted: readonly Entry[] | undefined;
  readonly options: EdgeOptions;
}

/** What a fact is about. */
export type Subject = 'servers' | 'trusted' | 'settings';

/** Told by its name. */
export function subjectOf(name: string): Subject {
  if (/^(dispatcher |live instance::)/.test(name)) return 'servers';
  return /^(trusted |network |live networks$)/.test(name) ? 'trusted' : 'settings';
}

/** All that a Kamailio of this zone must know now. */
export function factsOf({ zone, servers, trusted, options }: Known): Facts {
  return new Map([
    ...serverFacts(zone, servers, options.dispatcher),
    ...(trusted === undefined ? [] : trustedFacts(trusted)),
    entry('live', 'choice', algorithms[options.dispatcher.choice] ?? 0),
    ...Object.entries({
      min_expires: options.expires.minimum,
      max_expires: options.expires.maximum,
      default_expires: options.expires.default,
      max_contacts: options.contacts_per_user,
    }).map(([name, value]) => setting('registrar', name, value)),
  ]);
}

const setting = (group: string, name: string, value: number): [string, Fact] => [
  `cfg ${group} ${name}`,
  { value: String(value), set: ['cfg.set_now_int', group, name, value], unset: undefined },
];

function serverFacts(
  zone: string,
  servers: readonly MediaServer[],
  { weights }: EdgeOptions['dispatcher'],
): [string, Fact][] {
  const weightOf = ({ node }: MediaServer): number => Math.max(0, Number(weights[node] ?? 1)) || 0;
  const total = servers.reduce((sum, server) => sum + weightOf(server), 0);
  return servers.flatMap((server) => {
    // Kamailio wants percentages.
    const weight = total === 0 ? 0 : Math.max(1, Math.floor((100 * weightOf(server)) / total));
    const attributes = `weight=${weight};node=${server.node};instance=${server.instance ?? ''}`;
    const set = server.zone === undefined || server.zone === zone ? 1 : 2;
    const priority = Math.round(weightOf(server));
    return [
      destination(set, `sip:${server.address}`, attributes, priority),
      ...(server.instance ? [entry('live', `instance::${server.instance}`, server.host)] : []),
    ];
  });
}

/** Single addresses are looked up; networks, and all of IPv6 (which has many spellings), are tried one after the other. */
function trustedFacts(trusted: readonly Entry[]): [string, Fact][] {
  const facts: [string, Fact][] = [];
  const networks: { readonly cidrs: string; readonly ports: string; readonly token: string }[] = [];
  for (const { cidrs, ports, token } of trusted) {
    const single = cidrs.map((cidr) => /^([\d.]+)(?:\/32)?$/.exec(cidr)?.[1]);
    for (const address of single.filter((it) => it !== undefined)) {
      if (ports.length === 0) facts.push(entry('trusted', address, token));
      else facts.push(...ports.map((port) => entry('trusted', `${address}:${port}`, token)));
    }
    const wide = cidrs.filter((_, index) => single[index] === undefined);
    if (wide.length > 0)
      networks.push({ cidrs: wide.join(','), ports: ports.length > 0 ? `,${ports.join(',')},` : '', token });
  }
  for (const [index, network] of networks.entries())
    for (const [name, value] of Object.entries(network))
      facts.push(entry('network', `${index}::${name}`, value));
  // First come wins, as for the edge on drachtio; the number of networks comes after the networks.
  return [...new Map(facts.reverse()).entries(), entry('live', 'networks', networks.length)];
}

/** What a Kamailio holds already, e.g. told by another bridge or before a restart of this one. Rejects like `rpc`. */
export async function readFacts(rpc: Rpc): Promise<Map<string, Fact>> {
  const tables = await Promise.all(
    ['live', 'trusted', 'network'].map(async (table) => ({
      table,
      content: tableOf(await rpc.call('htable.dump', table)),
    })),
  );
  // Kamailio answers with an error while no set exists.
  const listed = await rpc.call('dispatcher.list').catch(() => undefined);
  return new Map([
    ...tables.flatMap(({ table, content }) => [...content].map(([key, value]) => entry(table, key, value))),
    ...destinationsOf(listed).map(({ set, uri, attributes }) => destination(set, uri, attributes)),
  ]);
}

/**
 * The orders that lead from what is told to what must be: new facts first, so that nothing is missing meanwhile. What is
 * told of the subjects in `unknown` is not taken back: whoever asks has not heard of them yet.
 */
export function ordersBetween(
  told: Facts,
  wanted: Facts,
  unknown: ReadonlySet<Subject> = new Set(),
): { readonly name: string; readonly orders: Order[] }[] {
  const changed = [...wanted].flatMap(([name, fact]) => {
    const before = told.get(name);
    if (before?.value === fact.value) return [];
    // A destination cannot be changed in place.
    const replaced = before?.unset?.[0] === 'dispatcher.remove' ? [before.unset] : [];
    return [{ name, orders: [...replaced, fact.set] }];
  });
  const gone = [...told].flatMap(([name, { unset }]) =>
    wanted.has(name) || !unset || unknown.has(subjectOf(name)) ? [] : [{ name, orders: [unset] }],
  );
  return [...changed, ...gone];
}
