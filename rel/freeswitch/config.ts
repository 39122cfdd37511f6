// Writes the configuration of one FreeSWITCH: the files of conf/, and beside them site.xml and acl.xml with what is different
// at each site. `mirliton write freeswitch` is the way to it.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { join, resolve } from 'node:path';
import type { Settings } from '../../core/config/index.ts';
import { AppError } from '../../core/errors/index.ts';
import { root } from '../../core/files/index.ts';
import { melody } from './melody.ts';

/** One FreeSWITCH of a zone. */
export interface FreeswitchSite {
  /** Where the files are written: the `-conf` of this FreeSWITCH. */
  readonly folder: string;
  /** Its name in logs and events. */
  readonly name: string;
  readonly eventSocket: { readonly host: string; readonly port: number; readonly password: string };
  readonly sip: { readonly host: string; readonly port: number };
  /** `advertise`: the address that callers must send RTP to, when it is another than `host` (behind NAT). */
  readonly rtp: {
    readonly host: string;
    readonly advertise?: string;
    readonly min: number;
    readonly max: number;
  };
  /** Addresses or networks that may send calls: the edges, and the other media servers of the zone. */
  readonly edges: readonly string[];
  /** Addresses or networks that may open the event socket. */
  readonly control: readonly string[];
  /** A folder of music on hold, on the machine of the switch. The melody of the embedded switch when left out. */
  readonly music?: string;
  readonly sessions?: { readonly max: number; readonly perSecond: number };
  readonly logLevel?: LogLevel;
}

const logLevels = ['debug', 'info', 'notice', 'warning', 'err', 'crit', 'alert'] as const;
export type LogLevel = (typeof logLevels)[number];

const sources = join(root, 'rel', 'freeswitch', 'conf');
const loopback = ['127.0.0.0/8', '::1/128'];

/** Writes the files and gives their folder. Rejects with `invalid_config` when a value cannot stand in them. */
export async function writeFreeswitchConfig(site: FreeswitchSite): Promise<string> {
  const folder = resolve(site.folder);
  const written = { 'site.xml': siteText(site), 'acl.xml': aclText(site) };
  mkdirSync(join(folder, 'music'), { recursive: true });
  cpSync(sources, folder, { recursive: true });
  // The password of the event socket stands in it.
  for (const [name, text] of Object.entries(written))
    writeFileSync(join(folder, name), text, { mode: 0o640 });
  writeFileSync(join(folder, 'music', 'melody.wav'), await melody());
  return folder;
}

/** The text of site.xml. */
export function siteText({ name, eventSocket, sip, rtp, sessions, ...site }: FreeswitchSite): string {
  const level = site.logLevel ?? 'warning';
  const { max = 5000, perSecond = 200 } = sessions ?? {};
  // RTP has the even port of a pair, RTCP the odd one.
  const ports = { min: rtp.min + (rtp.min % 2), max: rtp.max - (rtp.max % 2) };
  if (ports.min >= ports.max) throw invalid(`the RTP ports ${rtp.min} to ${rtp.max} are no range`);
  const variables = {
    node_name: name,
    event_socket_ip: requireAddress('the event socket', eventSocket.host),
    event_socket_port: eventSocket.port,
    event_socket_password: eventSocket.password,
    sip_ip: requireAddress('SIP', sip.host),
    sip_port: sip.port,
    rtp_ip: requireAddress('RTP', rtp.host),
    advertised_rtp_ip: requireAddress('RTP for callers', rtp.advertise ?? rtp.host),
    rtp_min: ports.min,
    rtp_max: ports.max,
    // Two ports a leg, RTP and RTCP.
    max_sessions: Math.min(max, (ports.max - ports.min) / 2),
    sessions_per_second: perSecond,
    log_level: level,
    log_levels: logLevels.slice(logLevels.indexOf(level)).join(','),
    sound_prefix: '$${sounds_dir}/en/us/callie',
    music: site.music ?? '$${conf_dir}/music',
  };
  return include(
    Object.entries(variables).map(
      ([key, value]) => `<X-PRE-PROCESS cmd="set" data="${key}=${quote(key, String(value))}"/>`,
    ),
  );
}

/** The text of acl.xml: who may call, who may steer. `none` has nobody in it. */
export function aclText({ edges, control }: FreeswitchSite): string {
  const lists = { edges, control, none: [] };
  return include([
    '<configuration name="acl.conf" description="networks">',
    '  <network-lists>',
    ...Object.entries(lists).flatMap(([name, networks]) => [
      `    <list name="${name}" default="deny">`,
      ...networks.map((it) => `      <node type="allow" cidr="${network(name, it)}"/>`),
      '    </list>',
    ]),
    '  </network-lists>',
    '</configuration>',
  ]);
}

const include = (lines: readonly string[]): string =>
  [
    '<include>',
    '  <!-- Written by rel/freeswitch/config.ts: change the settings, not this file. -->',
    ...lines.map((line) => `  ${line}`),
    '</include>',
    '',
  ].join('\n');

const invalid = (message: string): AppError => new AppError('invalid_config', { message });

function requireAddress(what: string, given: string): string {
  if (isIP(given) !== 0) return given;
  throw invalid(`FreeSWITCH listens on addresses, not names: ${what} cannot be on "${given}"`);
}

/** Checked as the switch would read it: an address is the network of itself. */
function network(list: string, given: string): string {
  const [host = '', prefix] = given.split('/');
  const family = isIP(host);
  const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
  try {
    new BlockList().addSubnet(host, bits, family === 6 ? 'ipv6' : 'ipv4');
  } catch {
    throw invalid(`the list "${list}" of FreeSWITCH takes addresses and networks, not "${given}"`);
  }
  return `${host}/${bits}`;
}

/** The preprocessor knows no escapes, and the attribute ends at a quote. */
function quote(name: string, value: string): string {
  if (!/["'&<>\n\r]/.test(value)) return value;
  throw invalid(`${name} for FreeSWITCH must hold no quotes, &, <, > or line breaks`);
}

/** What the settings do not say, by the options of the command line. */
export type SiteOptions = Partial<
  Pick<FreeswitchSite, 'edges' | 'control' | 'music' | 'sessions' | 'logLevel'>
> & {
  /** Of SIP and RTP, when it is not the host of the event socket. */
  readonly address?: string;
  readonly advertise?: string;
  readonly rtp?: { readonly min: number; readonly max: number };
};

/**
 * The site of one of `settings.switches`, by its name (the only one when it is left out). It takes calls from `sip.host`, the
 * Kamailios of `edge.rpc` and the other switches, and is steered from its own machine, when the options do not say otherwise.
 */
export function siteOf(
  settings: Settings,
  folder: string,
  name?: string,
  options: SiteOptions = {},
): FreeswitchSite {
  const { switches, sip, edge } = settings;
  const named = switches.find((it) => (it.name ?? it.host) === name) ?? (name ? undefined : switches[0]);
  if (name && !named)
    throw invalid(`the setting switches has none of the name ${name}: add {"name": "${name}", "host": …}`);
  const { host = '127.0.0.1', port = settings.switch.port, password = 'ClueCon' } = named ?? {};
  const { address = host, advertise, rtp = { min: 16384, max: 32768 }, ...rest } = options;
  const kamailios = edge.rpc.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  const near = [sip.host, ...kamailios, ...switches.map((it) => it.host)];
  return {
    folder,
    name: named?.name ?? host,
    eventSocket: { host, port, password },
    sip: { host: address, port: settings.switch.sipPort },
    rtp: { host: address, ...rtp, ...(advertise === undefined ? {} : { advertise }) },
    edges: [...new Set(near)],
    control: [...loopback, host],
    ...rest,
  };
}
