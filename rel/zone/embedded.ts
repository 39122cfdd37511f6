// Starts stand-ins for the real parts, and fills their addresses in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateOf, furtherWays, type Settings } from '../../core/config/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { logger } from '../../core/log/index.ts';
import { loopback, missingParts, type PartName, switchPassword } from './parts.ts';

/** The running stand-ins and the settings with their addresses. */
export interface EmbeddedParts {
  readonly settings: Settings;
  /** The names of the stand-ins that run. */
  readonly names: readonly string[];
  /** Stops them, the last started first. */
  stop(): Promise<void>;
}

// A phone that vanished (no power, no network) must not hold its call for ever. A phone that is on hold, or holds, is not
// expected to send; one that suppresses silence still sends comfort noise now and then.
const mediaTimeout = 300_000;

interface Starter {
  /** Where it listens, for the error. */
  where(settings: Settings): string;
  /** Starts it on the settings and writes its address into them. A part is loaded only by the process that runs it. */
  start(settings: Settings): Promise<{ stop(): Promise<void> }>;
}

const log = logger('embedded');

const starters: Readonly<Record<PartName, Starter>> = {
  broker: {
    where: ({ bus }) => `${loopback}:${bus.port}`,
    start: async ({ bus, data }) => {
      const { startBroker } = await import('../embedded/broker/index.ts');
      const dataDir = join(data, 'broker');
      const part = await startBroker({ host: loopback, port: bus.port, dataDir, log: log.child('broker') });
      bus.urls = [part.url];
      return part;
    },
  },
  couch: {
    where: ({ store }) => `${loopback}:${store.port}`,
    start: async ({ store, data }) => {
      const { startCouch } = await import('../embedded/couch/index.ts');
      const { port, user, password } = store;
      const dataDir = join(data, 'couch');
      const told = (line: string): void => log.child('couch').info(line);
      const part = await startCouch({ host: loopback, port, dataDir, user, password, log: told });
      store.urls = [part.url];
      return part;
    },
  },
  switch: {
    where: ({ switch: { port, sipPort } }) => `${loopback}:${port} and ${sipPort}`,
    start: async (settings) => {
      const { startSwitch } = await import('../embedded/switch/index.ts');
      const { name, port, sipPort, rtpMin, rtpMax } = settings.switch;
      const part = await startSwitch({
        name,
        eventSocket: { host: loopback, port, password: switchPassword },
        sip: { host: loopback, port: sipPort },
        rtp: { host: loopback, portMin: rtpMin, portMax: rtpMax },
        recordingsDir: join(settings.data, 'recordings'),
        mediaTimeoutMs: mediaTimeout,
        log: log.child('switch'),
      });
      settings.switches = [{ host: loopback, port: part.eventSocketPort, password: switchPassword }];
      return part;
    },
  },
  sip: {
    where: ({ sip }) =>
      [`${sip.host}:${sip.port}`, ...furtherWays(sip).map((it) => `${it.port} (${it.protocol})`)].join(', '),
    start: async ({ edge, sip }) => {
      const { startSipServer } = await import('../embedded/sip/index.ts');
      const { host, port } = sip;
      const listen = [
        ...(['udp', 'tcp'] as const).map((protocol) => ({ protocol, host, port })),
        ...furtherWays(sip).map((way) => ({ ...way, host })),
      ];
      const files = certificateOf(sip);
      const part = await startSipServer({
        control: { host: loopback, port: edge.port },
        secret: edge.secret,
        listen,
        ...(files && {
          secure: { cert: readFileSync(files.certificate, 'utf8'), key: readFileSync(files.key, 'utf8') },
        }),
        log: log.child('sip'),
      });
      edge.host = loopback;
      edge.port = part.controlPort;
      return part;
    },
  },
};

/**
 * Starts these stand-ins: without a list, those for which the settings name no real part. When one cannot start, those
 * that did are stopped and the error says which, where and why.
 */
export async function startEmbedded(
  given: Settings,
  names: readonly PartName[] = missingParts(given),
): Promise<EmbeddedParts> {
  const settings = structuredClone(given);
  const running: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of running.splice(0).reverse()) await part.stop();
  };
  for (const name of names) {
    const { where, start } = starters[name];
    try {
      running.push(await start(settings));
    } catch (cause) {
      await stop();
      const what = name === 'sip' ? 'sip server' : name;
      throw new AppError('invalid_config', {
        message: `the embedded ${what} cannot start on ${where(given)}: ${explain(cause)}`,
        cause,
      });
    }
  }
  return { settings, names, stop };
}

/** A system error in words an operator can act on. */
function explain(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  if (code === 'EADDRINUSE')
    return 'the port is taken; stop what uses it or set another (see docs/settings.md)';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `no permission (${errorText(cause)})`;
  return errorText(cause);
}
