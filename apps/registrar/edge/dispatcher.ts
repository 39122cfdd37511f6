// The media servers of the zones: who they are, which of them live, and which one gets a call (contract/kamailio.md §4).
import { createHash } from 'node:crypto';
import { isRecord, type MessageOf } from '../../../core/contract/index.ts';
import type { advertise } from '../../../core/messages/nodes.ts';
import type { Source } from './location.ts';
import { parseUri } from './uri.ts';

/** One SIP interface of a media server. */
export interface MediaServer {
  /** `host:port` */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly node: string;
  readonly zone: string | undefined;
  /** Changes when the media server starts anew. */
  readonly instance: string | undefined;
  /** Gets calls: true after the first good answer to OPTIONS. */
  up: boolean;
  /** Probes lost in a row. */
  failures: number;
  /** Epoch ms of the last sign of life, and until when it is announced. */
  heard: number;
  until: number;
}

export interface DispatcherOptions {
  readonly zone: string;
  readonly choice: () => string;
  /** By node name, for the choices `weight` and `active`; 1 when it is not named. */
  readonly weights?: () => Readonly<Record<string, number>>;
  /** Failures in a row after which a media server gets no more calls. */
  readonly failures: () => number;
  /** Whether who is not announced is gone: not while the broker is away. Default: always. */
  readonly silenceCounts?: () => boolean;
  readonly now?: () => number;
}

/** Answers to OPTIONS that show a working media server; 503 is what a paused or full one says. */
const alive = new Set([200, 400, 403, 404, 405, 501]);

export class Dispatcher {
  readonly #servers = new Map<string, MediaServer>();
  readonly #options: DispatcherOptions;
  readonly #now: () => number;
  #turn = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get servers(): readonly MediaServer[] {
    return [...this.#servers.values()];
  }

  /** Takes an advertisement; returns the servers that are new or have started anew. */
  learn(message: MessageOf<typeof advertise>): MediaServer[] {
    // A node is gone after 1.25 times what it promised (contract/kapi.md, nodes).
    const until = this.#now() + message.Expires * 1.25;
    const zone = message['AMQP-Broker-Zone'] ?? message.Zone;
    return interfacesOf(message['Media-Servers'], zone).filter((given) => {
      const known = this.#servers.get(given.address);
      if (known && known.instance === given.instance) {
        known.until = Math.max(known.until, until);
        return false;
      }
      this.#servers.set(given.address, Object.assign(given, { until }));
      return true;
    });
  }

  /** Removes those that nobody announces any more. */
  expire(): MediaServer[] {
    if (this.#options.silenceCounts?.() === false) return [];
    const gone = this.servers.filter(({ until }) => until < this.#now());
    for (const { address } of gone) this.#servers.delete(address);
    return gone;
  }

  /** Whether a media server has this host, IPv6 in brackets. */
  hasHost(host: string): boolean {
    return this.servers.some((server) => server.host === host);
  }

  /** True for a request that a media server sent; over TCP it does not come from the port it listens on. */
  isMediaServer({ protocol, host, port }: Source, coreUuid: string | undefined): boolean {
    if (this.#servers.has(`${host}:${port}`)) return true;
    if (protocol === 'udp' || coreUuid === undefined) return false;
    return this.servers.some((server) => server.host === host && server.instance === coreUuid);
  }

  /** Those that may get this call, the first choice first: own zone before others. */
  candidates(callId: string): MediaServer[] {
    const live = this.servers.filter(({ up }) => up);
    const near = live.filter(({ zone }) => zone === undefined || zone === this.#options.zone);
    const far = live.filter((server) => !near.includes(server));
    return [...this.#order(near, callId), ...this.#order(far, callId)];
  }

  /** The outcome of a probe, or of a call that nobody answered: undefined or 0 when there was no answer. */
  note(server: MediaServer, status: number | undefined): void {
    if (status !== undefined && alive.has(status)) {
      server.up = true;
      server.failures = 0;
      server.heard = this.#now();
      return;
    }
    server.failures += 1;
    // One that says it takes no calls is believed at once.
    if (server.failures >= this.#options.failures() || status === 503) server.up = false;
  }

  /** It gave any answer to a call: no need to ask it for a while. */
  sawAlive(server: MediaServer): void {
    server.failures = 0;
    server.heard = this.#now();
  }

  #order(servers: MediaServer[], callId: string): MediaServer[] {
    if (servers.length < 2) return servers;
    const choice = this.#options.choice();
    if (choice === 'round_robin') {
      this.#turn = (this.#turn + 1) % servers.length;
      return [...servers.slice(this.#turn), ...servers.slice(0, this.#turn)];
    }
    const weights = this.#options.weights?.() ?? {};
    const weightOf = ({ node }: MediaServer): number => weights[node] ?? 1;
    // The heaviest that lives has all; of equals the same one for everybody.
    if (choice === 'active')
      return [...servers].sort((a, b) => weightOf(b) - weightOf(a) || (a.address < b.address ? -1 : 1));
    const shareOf = choice === 'weight' ? weightOf : () => 1;
    return servers
      .map((server) => ({ server, score: scoreOf(callId, server, shareOf(server)) }))
      .sort((a, b) => b.score - a.score)
      .map(({ server }) => server);
  }
}

/** Highest random weight: each wins as many calls as its share, and when one goes, only its own calls move. */
function scoreOf(callId: string, { address }: MediaServer, share: number): number {
  const digest = createHash('md5').update(`${callId} ${address}`).digest();
  return share / -Math.log((digest.readUInt32BE(0) + 1) / (2 ** 32 + 1));
}

/** `{node: {Instance-UUID, Interfaces: {profile: {URL} or {info: {url}}}}}` */
function interfacesOf(nodes: unknown, zone: string | undefined): MediaServer[] {
  if (!isRecord(nodes)) return [];
  return Object.entries(nodes).flatMap(([node, value]) => {
    const interfaces =
      isRecord(value) && isRecord(value['Interfaces']) ? Object.values(value['Interfaces']) : [];
    const instance =
      isRecord(value) && typeof value['Instance-UUID'] === 'string' ? value['Instance-UUID'] : undefined;
    return interfaces.flatMap((it): MediaServer[] => {
      const uri = parseUri(urlOf(it));
      if (!uri) return [];
      const [host, port] = [uri.host, uri.port ?? 5060];
      const state = { up: false, failures: 0, heard: 0, until: 0 };
      return [{ address: `${host}:${port}`, host, port, node, zone, instance, ...state }];
    });
  });
}

function urlOf(it: unknown): string {
  if (!isRecord(it)) return '';
  const info = isRecord(it['info']) ? it['info'] : {};
  return String(it['URL'] ?? it['url'] ?? info['url'] ?? '');
}
