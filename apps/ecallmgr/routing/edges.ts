// The SIP edge as seen from here: whose headers are believed, and through whom phones are reached.
import { type Bus, type Subscription, silenceCounts } from '../../../core/amqp/index.ts';
import type { Settings } from '../../../core/config/index.ts';
import { getAt, isRecord, type MessageOf } from '../../../core/contract/index.ts';
import { advertise } from '../../../core/messages/nodes.ts';
import { parseSipUri } from '../../../core/telephony/sip-uri.ts';
import { sipAddressOf } from '../moving/places.ts';

export interface Edges {
  /** True when this address may say who calls: loopback, the configured edge, an advertised proxy or media server. */
  trusts(address: string | undefined): boolean;
  /** `host:port` of a proxy for calls to phones; one of our own zone when there is a choice. */
  address(): string;
  /** True while no other ecallmgr tells of itself. */
  alone(): boolean;
  /** The names of the other ecallmgr that tell of themselves. */
  ecallmgrs(): string[];
  /** Told of each proxy and each ecallmgr that comes: it knows nothing of us yet. */
  onArrival(listener: () => void): void;
  /** `host:port` of the media servers that are told of. */
  switches(): string[];
  /** Told of each media server that comes. */
  onSwitch(listener: (address: string) => void): void;
  stop(): Promise<void>;
}

interface Edge {
  readonly zone: string | undefined;
  readonly listeners: readonly Listener[];
  readonly until: number;
}

interface Listener {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Learns proxies from `nodes/advertise` (contract/kamailio.md §4); the settings say where one is until then. Nobody is taken
 * for gone because the broker is away.
 */
export async function watchEdges(
  bus: Bus,
  settings: Settings,
  self: string,
  now: () => number = Date.now,
): Promise<Edges> {
  const edges = new Map<string, Edge>();
  const ecallmgrs = new Map<string, number>();
  /** Media servers, by address: a call may be moved from one to another. */
  const switches = new Map<string, number>();
  let arrived = (): void => undefined;
  let switchCame = (_address: string): void => undefined;
  const learn = (message: MessageOf<typeof advertise>): void => {
    const listeners = listenersOf(getAt(message.Roles, 'Proxy.Listeners'));
    const node = message.Node ?? '';
    // A node is gone after 1.25 times what it promised (contract/kapi.md, nodes).
    const until = now() + message.Expires * 1.25;
    // Its process tells of it as well; what has no switches is no ecallmgr.
    const isEcallmgr = message.WhApps?.['ecallmgr'] !== undefined && message['Media-Servers'] !== undefined;
    if (node !== self && isEcallmgr) {
      const isNew = !ecallmgrs.has(node);
      ecallmgrs.set(node, until);
      // It does not know us yet.
      if (isNew) arrived();
    }
    for (const it of Object.values(message['Media-Servers'] ?? {})) {
      const address = sipAddressOf(isRecord(it) ? it['Interfaces'] : undefined);
      if (address === undefined) continue;
      const isNew = !switches.has(address);
      switches.set(address, until);
      if (isNew) switchCame(address);
    }
    if (listeners.length === 0) return;
    const known = edges.has(node);
    edges.set(node, { zone: message.Zone, listeners, until });
    if (!known) arrived();
  };
  const isOver = (until: number): boolean => until < now() && silenceCounts(bus.status());
  const alive = (): Edge[] => {
    for (const [node, { until }] of edges) if (isOver(until)) edges.delete(node);
    return [...edges.values()];
  };
  const aliveSwitches = (): string[] => {
    for (const [address, until] of switches) if (isOver(until)) switches.delete(address);
    return [...switches.keys()];
  };
  const subscription: Subscription = await bus.consume(
    { bindings: [{ exchange: 'nodes', key: '' }], contracts: [advertise] },
    ({ message }) => learn(message),
  );
  const configured = settings.sip;
  const others = (): string[] => [...ecallmgrs].flatMap(([node, until]) => (isOver(until) ? [] : [node]));
  return {
    trusts: (address) =>
      address !== undefined &&
      (/^(127\.|::1$|::ffff:127\.)/.test(address) ||
        address === configured.host ||
        aliveSwitches().some((it) => parseSipUri(`sip:${it}`)?.host === address) ||
        alive().some(({ listeners }) => listeners.some(({ host }) => host === address))),
    address: () => {
      const known = alive();
      const near = known.find(({ zone }) => zone === settings.zone) ?? known[0];
      const best = near?.listeners.find(({ protocol }) => protocol === 'udp') ?? near?.listeners[0];
      const { host, port } = best ?? configured;
      return `${host.includes(':') ? `[${host}]` : host}:${port}`;
    },
    alone: () => others().length === 0,
    ecallmgrs: others,
    onArrival: (listener) => {
      arrived = listener;
    },
    switches: aliveSwitches,
    onSwitch: (listener) => {
      switchCame = listener;
    },
    stop: () => subscription.stop(),
  };
}

/** Listeners as a list or by name; each `{proto, address, port}` or `udp:host:port`. */
function listenersOf(given: unknown): Listener[] {
  const entries = isRecord(given) ? Object.entries(given) : [];
  const named = Array.isArray(given) ? given.map((it) => ['', it] as const) : entries;
  return named.flatMap(([name, value]): Listener[] => {
    const { proto, protocol, address, host, port } = isRecord(value)
      ? value
      : ({} as Record<string, unknown>);
    const spelled = /^(?:sip:)?(?:(udp|tcp|tls|ws|wss):)?(.+?):(\d+)(?:;transport=(\w+))?$/i.exec(
      typeof value === 'string' ? value : name,
    );
    const listener = {
      protocol: String(proto ?? protocol ?? spelled?.[1] ?? spelled?.[4] ?? 'udp').toLowerCase(),
      host: String(address ?? host ?? spelled?.[2] ?? '').replace(/^\[|\]$/g, ''),
      port: Number(port ?? spelled?.[3] ?? 0),
    };
    return listener.host !== '' && listener.port > 0 ? [listener] : [];
  });
}
