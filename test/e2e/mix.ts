// Which parts the zone under test runs on: embedded, or real ones at addresses from the environment or the command line.

/** One mix of parts. */
export interface Mix {
  /** `embedded`, `rabbitmq` (a private node that the test starts), `rabbitmq-cluster` (three) or amqp:// URLs, `,` between them. */
  readonly bus: string;
  /** `embedded`, or http:// URLs of one cluster, `,` between them, the first with credentials. */
  readonly store: string;
  /** A file with the pids of the nodes of that cluster, one a line, for tests that kill one; or ''. */
  readonly storePids: string;
  /** `embedded` or `host:port:password[,…]`. */
  readonly switch: string;
  /**
   * `embedded`, `kamailio` (a private one that the test starts) or `drachtio:host:port` (the control port; SIP is then
   * at 5060 of that host, or `,sipport` behind it).
   */
  readonly edge: string;
  /** `one` with everything, or `many`: each app and each stand-in in its own. */
  readonly processes: string;
  /** With many processes: how often an app, or the embedded `switch`, runs. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The mix of this run: `MIRLITON_E2E_BUS`, `_STORE`, `_STORE_PIDS`, `_SWITCH`, `_EDGE`, `_PROCESSES` and `_COUNT` (`callflow=2,switch=2`). */
export function mixOfRun(environment = process.env): Mix {
  return {
    bus: environment['MIRLITON_E2E_BUS'] ?? 'embedded',
    store: environment['MIRLITON_E2E_STORE'] ?? 'embedded',
    storePids: environment['MIRLITON_E2E_STORE_PIDS'] ?? '',
    switch: environment['MIRLITON_E2E_SWITCH'] ?? 'embedded',
    edge: environment['MIRLITON_E2E_EDGE'] ?? 'embedded',
    processes: environment['MIRLITON_E2E_PROCESSES'] ?? 'one',
    counts: countsOf(environment['MIRLITON_E2E_COUNT'] ?? ''),
  };
}

function countsOf(words: string): Record<string, number> {
  const pairs = words === '' ? [] : words.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(pairs.map(([app, count]) => [app, Number(count)]));
}

/** The mix as settings of a zone (see core/config/settings.ts). */
export function settingsOf(mix: Mix): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  if (mix.bus !== 'embedded') settings['bus'] = { urls: mix.bus.split(',') };
  if (mix.store !== 'embedded') {
    const urls = mix.store.split(',').map((url) => new URL(url));
    const [{ username, password }] = urls as [URL];
    settings['store'] = {
      urls: urls.map(({ origin }) => origin),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    };
  }
  if (mix.switch !== 'embedded') {
    settings['switches'] = mix.switch.split(',').map((address) => {
      const [host = '', port = '8021', secret = 'ClueCon'] = address.split(':');
      return { host, port: Number(port), password: secret };
    });
  }
  if (mix.edge !== 'embedded' && mix.edge !== 'kamailio') {
    const [, host = '127.0.0.1', rest = '9022'] = mix.edge.split(':');
    const [port, sipPort] = rest.split(',').map(Number);
    settings['edge'] = { host, port };
    if (sipPort) settings['sip'] = { host, port: sipPort };
  }
  return settings;
}
