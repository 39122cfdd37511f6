// What an operator can change while the edge runs: the `system_config` document `edge`.
import type { SystemConfig } from '../../../core/config/index.ts';

/** What holds where the document says nothing. */
export const defaults = {
  /** Seconds. */
  expires: { minimum: 60, maximum: 3600, default: 300 },
  contacts_per_user: 10,
  /** Seconds. */
  nonce_lifetime: 300,
  /** Ask for a digest by these, the preferred one first. */
  digest_algorithms: ['SHA-256', 'MD5'] as string[],
  /** Parts of User-Agent, in lower case, of clients that give up at the sight of SHA-256: they are asked by MD5 alone. */
  md5_only: ['baresip v0', 'baresip v1', 'sipp'] as string[],
  /** Seconds that a password may be used after it was last needed. */
  credentials_lifetime: 7200,
  /** Bytes of a whole request. */
  request_size: 65_536,
  /** Parts of User-Agent, in lower case, of programs that only look for holes. */
  scanners: [
    'friendly-scanner',
    'sipvicious',
    'sipcli',
    'sip-scan',
    'sundayddr',
    'iwar',
    'sipsak-attack',
    'vaxsipuseragent',
    'pplsip',
    'eyebeam-scan',
    'smap',
    'sivus',
    'svwar',
    'svcrack',
  ] as string[],
  /**
   * In which calls the edge is a back-to-back user agent instead of a proxy: `nat` of phones whose Contact is not where
   * they are, `transport` of phones on TLS, WebSocket or another IP version than the media servers', `headers` that bring fields which only this cluster may set (else refused with 403), `credentials` that
   * were challenged (a drachtio-server lets them pass to the media server), `always`, which hides the inside. Such a call
   * ends with the edge.
   */
  b2bua: ['nat', 'transport', 'headers'] as string[],
  /** Requests without credentials, or with wrong ones, that one address may send; 0 per second means no limit. */
  unauthenticated: { per_second: 50, burst: 500, exempt: ['127.0.0.0/8'] as string[] },
  /** Requests of any kind that one address may send; what a Kamailio lets in stands in its own configuration. */
  requests: { per_second: 250, burst: 500, exempt: ['127.0.0.0/8'] as string[] },
  dispatcher: {
    /** `hash` (of the Call-ID), `round_robin`, `weight` (as many as its share) or `active` (the heaviest that lives). */
    choice: 'hash',
    /** By node name, for the last two; 1 when it is not named. */
    weights: {} as Record<string, number>,
    /** Seconds between two OPTIONS, and until one is taken for lost. */
    probe_every: 10,
    probe_timeout: 2,
    /** Probes lost in a row after which a media server gets no calls. */
    failures: 3,
    /** Seconds after its last sign of life that a media server is asked for one before it gets a call. */
    fresh: 0.1,
  },
};

export type EdgeOptions = typeof defaults;

/** A box whose content is replaced when the document changes, so that readers always see the newest. */
export interface LiveOptions {
  readonly current: EdgeOptions;
  reload(): Promise<void>;
}

/** Reads the options; a value that is absent or of the wrong type keeps its default. */
export async function loadOptions(config: SystemConfig): Promise<LiveOptions> {
  const live = {
    current: await read(config),
    reload: async () => {
      live.current = await read(config);
    },
  };
  return live;
}

async function read(config: SystemConfig): Promise<EdgeOptions> {
  const value = <T>(path: string, fallback: T): Promise<T> => config.get('edge', path, fallback);
  const section = async <T extends object>(path: string, fallback: T): Promise<T> => {
    const entries = Object.entries(fallback).map(
      async ([name, it]) => [name, await value(`${path}.${name}`, it)] as const,
    );
    return Object.fromEntries(await Promise.all(entries)) as T;
  };
  const flat = Object.entries(defaults).map(async ([name, fallback]) => {
    const isSection = typeof fallback === 'object' && !Array.isArray(fallback);
    return [name, await (isSection ? section(name, fallback) : value<unknown>(name, fallback))] as const;
  });
  return Object.fromEntries(await Promise.all(flat)) as EdgeOptions;
}
