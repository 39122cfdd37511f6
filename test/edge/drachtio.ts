// The edge in TypeScript under test: two of them on embedded SIP servers or on private drachtio-servers, or one on a
// drachtio-server that is given (`MIRLITON_E2E_EDGE=drachtio:…`).
import { readFileSync } from 'node:fs';
import { edge } from '../../apps/registrar/edge/app.ts';
import { type SipServer, startSipServer } from '../../rel/embedded/sip/index.ts';
import type { Address, Secure } from '../../rel/embedded/sip/stack/index.ts';
import { mixOfRun, settingsOf } from '../e2e/mix.ts';
import { makeCertificate } from './certificate.ts';
import type { Place, Way } from './channel.ts';
import { startDrachtioServer } from './drachtio-server.ts';
import type { EdgeOptions, EdgeUnderTest, Killable } from './zone.ts';

/** A SIP server with the control protocol of drachtio. */
export interface DrachtioServer extends Killable {
  /** `edge` of the settings. */
  readonly settings: Record<string, unknown>;
  place(way: Way, host: string): Place;
}

const secret = 'cymru';

export async function startDrachtioEdge(options: EdgeOptions): Promise<EdgeUnderTest> {
  const servers = await serversOf(options);
  return {
    apps: servers.map(({ settings }) => ({ app: edge, settings })),
    place: (way, { index = 0, host = '127.0.0.1' } = {}) =>
      (servers[index] ?? missing(index)).place(way, host),
    switches: undefined,
    servers,
    log: () => '',
    stop: async () => {
      await Promise.all(servers.map((it) => it.kill()));
    },
  };
}

function missing(index: number): never {
  throw new Error(`edge ${index} does not run`);
}

function serversOf({ folder }: EdgeOptions): Promise<DrachtioServer[]> {
  const kind = mixOfRun().edge;
  if (kind.startsWith('drachtio:')) return Promise.resolve([given()]);
  const { certificate, key } = makeCertificate(folder);
  if (kind === 'drachtio') {
    const options = { folder, secret, certificate, key };
    return Promise.all(['first', 'second'].map((name) => startDrachtioServer({ ...options, name })));
  }
  const secure = { key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') };
  return Promise.all([startEmbedded(secure), startEmbedded(secure)]);
}

/** After a loss it is started again at the same addresses. */
async function startEmbedded(secure: Secure): Promise<DrachtioServer> {
  let listen: readonly Address[] = (['127.0.0.1', '::1'] as const).flatMap((host) =>
    (['udp', 'tcp', 'tls', 'ws', 'wss'] as const).map((protocol) => ({ protocol, host, port: 0 })),
  );
  let port = 0;
  let server: SipServer | undefined;
  const start = async (): Promise<void> => {
    server = await startSipServer({ control: { host: '127.0.0.1', port }, secret, secure, listen });
    port = server.controlPort;
    listen = server.addresses;
  };
  await start();
  return {
    settings: { edge: { kind: 'drachtio', host: '127.0.0.1', port, secret } },
    place: (way, host) => {
      const address = listen.find((it) => it.protocol === way && it.host === host);
      return { host, port: address?.port ?? 0 };
    },
    start,
    kill: async () => {
      await server?.stop();
      server = undefined;
    },
  };
}

function given(): DrachtioServer {
  const settings = settingsOf(mixOfRun());
  const { host, port } = settings['sip'] as Place;
  const nothing = (): Promise<void> => Promise.resolve();
  return { settings, place: () => ({ host, port }), start: nothing, kill: nothing };
}
