// Writes what is different at each site: edge.cfg with addresses and secrets, and the files that Kamailio must find.
// `mirliton write kamailio` is the way to it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { defaults } from '../../apps/registrar/edge/options.ts';
import { certificateOf, type Settings } from '../../core/config/index.ts';
import { AppError } from '../../core/errors/index.ts';
import { root } from '../../core/files/index.ts';

/** One Kamailio of a site. Addresses are `host:port`, IPv6 in brackets. */
export interface KamailioSite {
  /** Where edge.cfg and the file of contacts lie. */
  readonly folder: string;
  readonly zone: string;
  /** AMQP URL of the broker. */
  readonly bus: string;
  /** Secret of the RPC, and of what the edges of a zone share. */
  readonly secret: string;
  /** SIP over UDP and TCP; several for several addresses or families. */
  readonly sip: readonly string[];
  /** HTTP for the bridge; not for the world. */
  readonly rpc: string;
  /** `host:port` that others must use in place of the first of `sip`. */
  readonly advertise?: string;
  readonly tls?: { readonly listen: readonly string[]; readonly certificate: string; readonly key: string };
  /** WebSocket; with `tls` also over TLS at `listen` of it. */
  readonly websocket?: readonly string[];
  /** The other edges of this zone, and where this one hears them: contacts are told to each other. */
  readonly peers?: { readonly own: string; readonly others: readonly string[] };
  /** Phones and carriers see no address of a media server; true unless it is said. */
  readonly hideTopology?: boolean;
  /** Networks without limits on floods and failures. */
  readonly exempt?: readonly string[];
  /** Requests of one address within two seconds, and failed sign-ins within one. */
  readonly limits?: { readonly requests: number; readonly strangers: number };
  readonly probing?: { readonly every: number; readonly failures: number };
  readonly workers?: number;
  /** The script that is included; `kamailio.cfg` beside this file unless it is said. */
  readonly script?: string;
  /** Kamailio's: -1 errors, 0 warnings with `L_WARN`, 2 information. */
  readonly logLevel?: number;
}

const sources = join(root, 'rel', 'kamailio');
const schemas = '/usr/share/kamailio/db_sqlite';

/** Writes the files and returns the path of edge.cfg. Throws `invalid_config` when SQLite or the tables are missing. */
export function writeKamailioConfig(site: KamailioSite): string {
  const folder = resolve(site.folder);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'edge.cfg');
  writeFileSync(join(folder, 'dispatcher.list'), '# filled by the bridge\n');
  if (site.tls) writeFileSync(join(folder, 'tls.cfg'), tlsText(site.tls));
  prepareDatabase(join(folder, 'edge.sqlite'));
  writeFileSync(file, siteText(site, folder), { mode: 0o600 });
  return file;
}

/** The text of edge.cfg. */
export function siteText(site: KamailioSite, folder: string): string {
  const { limits, probing, peers, tls } = site;
  const [firstSip = ''] = site.sip;
  const names = {
    SITE_NODE: `kamailio@${hostname()}`,
    SITE_DATABASE: `sqlite:///${join(folder, 'edge.sqlite')}`,
    SITE_DISPATCHER_LIST: join(folder, 'dispatcher.list'),
    SITE_BUS: withVhost(site.bus),
    SITE_SOCKET: `udp:${firstSip}`,
    SITE_PING_FROM: `sip:edge@${site.advertise ?? firstSip}`,
    SITE_NONCE_SECRET: createHash('sha256').update(`nonce ${site.zone} ${site.secret}`).digest('hex'),
    SITE_RPC_SECRET: `Bearer ${site.secret}`,
    SITE_EXEMPT: (site.exempt ?? ['127.0.0.0/8']).join(','),
    ...(tls ? { SITE_TLS: join(folder, 'tls.cfg') } : {}),
    ...(peers
      ? {
          SITE_PEER_ADDRESS: `sip:${peers.own}`,
          SITE_PEERS: peers.others.map((it) => `sip:${it}`).join(','),
          SITE_PEER_NETWORKS: peers.others.map((it) => it.replace(/:\d+$/, '')).join(','),
        }
      : {}),
  };
  const numbers = {
    SITE_RPC_PORT: Number(site.rpc.slice(site.rpc.lastIndexOf(':') + 1)),
    LOG_LEVEL: site.logLevel ?? 1,
    WORKERS: site.workers ?? 8,
    MAY_WAIT: Math.ceil((site.workers ?? 8) / 2),
    REQUEST_SIZE: defaults.request_size,
    NONCE_LIFETIME: 3600,
    STRANGERS: limits?.strangers ?? 50,
    FLOOD_LIMIT: limits?.requests ?? 500,
    PROBE_EVERY: probing?.every ?? defaults.dispatcher.probe_every,
    PROBE_FAILURES: probing?.failures ?? defaults.dispatcher.failures,
    RINGING: 180_000,
    SILENCE: 30_000,
    SWITCH_SILENCE: defaults.dispatcher.probe_timeout * 1000,
  };
  const features = [
    ...(tls ? ['WITH_TLS'] : []),
    ...(site.websocket ? ['WITH_WEBSOCKET'] : []),
    ...(peers ? ['WITH_PEERS'] : []),
    ...(site.hideTopology === false ? [] : ['WITH_TOPOLOGY_HIDING']),
  ];
  return [
    '#!KAMAILIO',
    '# Written by rel/kamailio/config.ts: change the settings, not this file.',
    ...features.map((name) => `#!define ${name}`),
    ...Object.entries(names).map(([name, value]) => `#!define ${name} ${quote(name, value)}`),
    ...Object.entries(numbers).map(([name, value]) => `#!define ${name} ${value}`),
    ...listeners(site),
    `include_file "${site.script ?? join(sources, 'kamailio.cfg')}"`,
    '',
  ].join('\n');
}

function listeners({ sip, advertise, tls, websocket = [], peers, rpc }: KamailioSite): string[] {
  const listen = (protocol: string, address: string, as?: string) =>
    `listen=${protocol}:${address}${as === undefined ? '' : ` advertise ${as}`}`;
  const both = sip.flatMap((address, index) =>
    ['udp', 'tcp'].map((protocol) => listen(protocol, address, index === 0 ? advertise : undefined)),
  );
  return [
    ...both,
    ...(tls ? ['enable_tls=yes', ...tls.listen.map((address) => listen('tls', address))] : []),
    ...websocket.map((address) => listen('tcp', address)),
    ...(peers && !sip.includes(peers.own) ? [listen('udp', peers.own)] : []),
    listen('tcp', rpc),
  ];
}

function tlsText({ certificate, key }: NonNullable<KamailioSite['tls']>): string {
  const lines = [
    'method = TLSv1.2+',
    `certificate = ${resolve(certificate)}`,
    `private_key = ${resolve(key)}`,
  ];
  return [
    '[server:default]',
    ...lines,
    'verify_certificate = no',
    'require_certificate = no',
    '',
    '[client:default]',
    'verify_certificate = no',
    '',
  ].join('\n');
}

/** Kamailio's parser wants the virtual host spelled out. */
function withVhost(url: string): string {
  const { pathname } = new URL(url);
  return pathname === '' || pathname === '/' ? `${url.replace(/\/$/, '')}/%2F` : url;
}

/** A text of Kamailio's script has no way to hold a quote or a line break. */
function quote(name: string, value: string): string {
  if (!/["\\\n\r]/.test(value)) return `"${value}"`;
  throw new AppError('invalid_config', {
    message: `${name} for Kamailio must hold no quotes, backslashes or line breaks`,
  });
}

/** The tables as Debian's Kamailio ships them; a file that is there keeps its contacts. */
function prepareDatabase(file: string): void {
  const run = (...args: string[]): string => {
    try {
      return execFileSync('sqlite3', [file, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (cause) {
      rmSync(file, { force: true });
      throw new AppError('invalid_config', {
        message: `the database of Kamailio cannot be made at ${file}: it needs the Debian packages sqlite3 and kamailio-sqlite-modules`,
        cause,
      });
    }
  };
  if (!existsSync(file))
    run(...['standard', 'usrloc', 'secfilter'].map((name) => `.read ${schemas}/${name}-create.sql`));
  const scanners = defaults.scanners.map((name) => `(0, 0, '${name.replaceAll("'", "''")}')`);
  // Action 0 is the block list, type 0 the User-Agent.
  run(`DELETE FROM secfilter; INSERT INTO secfilter (action, type, data) VALUES ${scanners.join(',')};`);
}

/** The site that the settings of a process describe: the first RPC address is the one written. */
export function siteOf(settings: Settings, folder: string): KamailioSite {
  const { edge, sip, bus, zone } = settings;
  const rpc = edge.rpc[0] ?? 'http://127.0.0.1:5066/rpc';
  const at = (port: number): string => `${sip.host.includes(':') ? `[${sip.host}]` : sip.host}:${port}`;
  const files = certificateOf(sip);
  return {
    folder,
    zone,
    bus: bus.urls[0] ?? `amqp://guest:guest@127.0.0.1:${bus.port}`,
    secret: edge.secret,
    sip: [at(sip.port)],
    ...(files && { tls: { listen: [sip.tls, sip.wss].filter((port) => port > 0).map(at), ...files } }),
    ...(sip.ws + sip.wss > 0 && { websocket: sip.ws > 0 ? [at(sip.ws)] : [] }),
    rpc: new URL(rpc).host,
    ...(sip.advertise === '' ? {} : { advertise: sip.advertise }),
  };
}
