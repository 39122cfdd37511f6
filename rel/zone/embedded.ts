// Starts the stand-ins for the real parts that the settings do not name, and fills their addresses in.
import { join } from 'node:path';
import type { Settings } from '../../core/config/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { logger } from '../../core/log/index.ts';
import { startBroker } from '../embedded/broker/index.ts';
import { startCouch } from '../embedded/couch/index.ts';
import { startSipServer } from '../embedded/sip/index.ts';
import { startSwitch } from '../embedded/switch/index.ts';

/** The running stand-ins and the settings with their addresses. */
export interface EmbeddedParts {
  readonly settings: Settings;
  /** The names of the stand-ins that run. */
  readonly names: readonly string[];
  /** Stops them, the last started first. */
  stop(): Promise<void>;
}

const loopback = '127.0.0.1';
// A phone that vanished (no power, no network) must not hold its call for ever. A phone that is on hold, or holds, is not
// expected to send; one that suppresses silence still sends comfort noise now and then.
const mediaTimeout = 300_000;

/** Starts what is needed. When one cannot start, those that did are stopped and the error says which, where and why. */
export async function startEmbedded(given: Settings): Promise<EmbeddedParts> {
  const settings = structuredClone(given);
  const log = logger('embedded');
  const running: { readonly name: string; stop(): Promise<void> }[] = [];
  const start = async <T extends { stop(): Promise<void> }>(
    name: string,
    where: string,
    begin: () => Promise<T>,
  ): Promise<T> => {
    try {
      const part = await begin();
      running.push({ name, stop: () => part.stop() });
      return part;
    } catch (cause) {
      await stop();
      throw new AppError('invalid_config', {
        message: `the embedded ${name} cannot start on ${where}: ${explain(cause)}`,
        cause,
      });
    }
  };
  const stop = async (): Promise<void> => {
    for (const part of running.splice(0).reverse()) await part.stop();
  };

  if (settings.bus.urls.length === 0) {
    const { port } = settings.bus;
    const dataDir = join(settings.data, 'broker');
    const part = await start('broker', `${loopback}:${port}`, () =>
      startBroker({ host: loopback, port, dataDir, log: log.child('broker') }),
    );
    settings.bus.urls = [part.url];
  }
  if (settings.store.urls.length === 0) {
    const { port, user, password } = settings.store;
    const dataDir = join(settings.data, 'couch');
    const options = {
      host: loopback,
      port,
      dataDir,
      user,
      password,
      log: (line: string) => log.child('couch').info(line),
    };
    const part = await start('couch', `${loopback}:${port}`, () => startCouch(options));
    settings.store.urls = [part.url];
  }
  if (settings.switches.length === 0) {
    const { port, sipPort, rtpMin, rtpMax } = settings.switch;
    const options = {
      name: 'embedded',
      eventSocket: { host: loopback, port, password: 'ClueCon' },
      sip: { host: loopback, port: sipPort },
      rtp: { host: loopback, portMin: rtpMin, portMax: rtpMax },
      recordingsDir: join(settings.data, 'recordings'),
      mediaTimeoutMs: mediaTimeout,
      log: log.child('switch'),
    };
    const part = await start('switch', `${loopback}:${port} and ${sipPort}`, () => startSwitch(options));
    settings.switches = [{ host: loopback, port: part.eventSocketPort, password: 'ClueCon' }];
  }
  if (settings.edge.kind === 'drachtio' && settings.edge.host === '') {
    const { port, secret } = settings.edge;
    const { host, port: sipPort } = settings.sip;
    const listen = (['udp', 'tcp'] as const).map((protocol) => ({ protocol, host, port: sipPort }));
    const options = { control: { host: loopback, port }, secret, listen, log: log.child('sip') };
    const part = await start('sip server', `${host}:${sipPort}`, () => startSipServer(options));
    settings.edge.host = loopback;
    settings.edge.port = part.controlPort;
  }
  return { settings, names: running.map(({ name }) => name), stop };
}

/** A system error in words an operator can act on. */
function explain(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  if (code === 'EADDRINUSE')
    return 'the port is taken; stop what uses it or set another (see docs/settings.md)';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `no permission (${errorText(cause)})`;
  return errorText(cause);
}
