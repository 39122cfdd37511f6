// mirliton write …: the configurations of the real parts of a zone, made from its settings.
import { AppError } from '../../../core/errors/index.ts';
import { type SiteOptions, siteOf, writeFreeswitchConfig } from '../../freeswitch/config.ts';
import { siteOf as kamailioOf, writeKamailioConfig } from '../../kamailio/config.ts';
import { command, one, text } from '../command.ts';

const folder = one('where the files go; what is there under their names is replaced');

export const writeKamailioCommand = command({
  name: 'write kamailio',
  summary: 'writes the configuration of a Kamailio of this zone',
  details:
    'From the settings sip (with its ports for TLS and WebSocket), edge.rpc, edge.secret, bus.urls (the first) and zone. Runs where Kamailio is installed: it makes its SQLite file.',
  args: { folder },
  options: {
    rpc: text('HOST:PORT', 'where it listens for the bridge; the first of edge.rpc when left out'),
    own: text('HOST:PORT', 'where it hears the other Kamailios of the zone; with --peers'),
    peers: text(
      'LIST',
      'the addresses of the others (its own does no harm), with commas: contacts are told to each other',
    ),
  },
  examples: [
    'mirliton write kamailio /etc/mirliton/kamailio',
    'mirliton write kamailio /etc/mirliton/kamailio --own 10.0.0.11:5062 --peers 10.0.0.12:5062',
  ],
  run: async ({ args, options: { rpc, own, peers } }, cli) => {
    if ((own === undefined) !== (peers === undefined))
      throw new AppError('invalid_data', { message: '--own and --peers go together' });
    const file = writeKamailioConfig({
      ...kamailioOf(cli.settings(), args.folder),
      ...(rpc === undefined ? {} : { rpc }),
      ...(own === undefined ? {} : { peers: { own, others: list(peers ?? '').filter((it) => it !== own) } }),
    });
    cli.done(`written: kamailio -f ${file} -DD -E`, { file });
  },
});

export const writeFreeswitchCommand = command({
  name: 'write freeswitch',
  summary: 'writes the configuration of a FreeSWITCH of this zone',
  details:
    'From the settings switches, switch.sipPort, sip and edge.rpc. The addresses of the edges and of the other switches may send calls; ' +
    'the machine itself may open the event socket. After a change: fs_cli -x reloadacl, or a restart.',
  args: { folder },
  options: {
    switch: text('NAME', 'which one of the setting switches; the first when left out'),
    edges: text(
      'LIST',
      'addresses and networks that may send calls, with commas, in place of those of the settings',
    ),
    control: text('LIST', 'addresses and networks that may open the event socket: where ecallmgr runs'),
    address: text('ADDRESS', 'where SIP and media are, when that is not the host of its event socket'),
    rtp: text('MIN-MAX', 'the UDP ports of media; 16384-32768 when left out'),
    advertise: text('ADDRESS', 'where callers send media, when that is another address (NAT)'),
    music: text('PATH', 'a folder of music on hold; a melody of tones when left out'),
  },
  examples: ['mirliton write freeswitch /etc/freeswitch --switch fs1 --control 10.0.0.0/24'],
  run: async ({ args, options }, cli) => {
    const site = siteOf(cli.settings(), args.folder, options.switch, siteOptions(options));
    const written = await writeFreeswitchConfig(site);
    cli.done(`written: the configuration of ${site.name} is in ${written}`, { folder: written });
  },
});

function siteOptions(
  given: {
    readonly [name in 'address' | 'edges' | 'control' | 'rtp' | 'advertise' | 'music']: string | undefined;
  },
): SiteOptions {
  const { address, edges, control, rtp, advertise, music } = given;
  return {
    ...(address === undefined ? {} : { address }),
    ...(edges === undefined ? {} : { edges: list(edges) }),
    ...(control === undefined ? {} : { control: list(control) }),
    ...(rtp === undefined ? {} : { rtp: range(rtp) }),
    ...(advertise === undefined ? {} : { advertise }),
    ...(music === undefined ? {} : { music }),
  };
}

const list = (given: string): string[] => given.split(',').map((it) => it.trim());

function range(given: string): { readonly min: number; readonly max: number } {
  const [, min, max] = /^(\d{1,5})-(\d{1,5})$/.exec(given) ?? [];
  if (min !== undefined && max !== undefined) return { min: Number(min), max: Number(max) };
  throw new AppError('invalid_data', { message: `--rtp is MIN-MAX, as in 16384-32768, not ${given}` });
}
