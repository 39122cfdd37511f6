// Kamailio as the edge under test: one or several of them, with everything switched on, and the bridge beside them.
import { destinationsOf } from '../../apps/registrar/kamailio/answers.ts';
import { kamailio_bridge } from '../../apps/registrar/kamailio/app.ts';
import { createRpc } from '../../apps/registrar/kamailio/rpc.ts';
import { startKamailio, type TestKamailio } from '../e2e/kamailio.ts';
import { freePorts } from '../e2e/ports.ts';
import { makeCertificate } from './certificate.ts';
import type { EdgeOptions, EdgeUnderTest } from './zone.ts';

const secret = 'edge-secret';

/** Two of a zone by default: each holds what the other knows. */
export async function startKamailioEdge({
  folder,
  bus,
  limits,
  exempt,
}: EdgeOptions): Promise<EdgeUnderTest> {
  const count = 2;
  const ports = await freePorts(count * 5);
  const port = (of: number, index: number): number => ports[index * 5 + of] ?? 0;
  const tls = makeCertificate(folder);
  const own = (index: number): string => `127.0.0.1:${port(4, index)}`;
  const site = (index: number) => ({
    zone: 'local',
    bus,
    secret,
    sip: [`127.0.0.1:${port(0, index)}`, `[::1]:${port(0, index)}`],
    tls: { listen: [`127.0.0.1:${port(1, index)}`], ...tls },
    websocket: [`127.0.0.1:${port(2, index)}`],
    rpc: `127.0.0.1:${port(3, index)}`,
    peers: { own: own(index), others: [own(1 - index)] },
    exempt,
    limits,
    probing: { every: 1, failures: 2 },
    logLevel: Number(process.env['KAMAILIO_LOG'] ?? 0),
  });
  const kamailios: TestKamailio[] = await Promise.all([site(0), site(1)].map(startKamailio));
  const rpcs = [0, 1].map((index) => createRpc(`http://127.0.0.1:${port(3, index)}/rpc`, secret));
  return {
    apps: [
      {
        app: kamailio_bridge,
        settings: { edge: { kind: 'kamailio', secret, rpc: rpcs.map(({ url }) => url) } },
      },
    ],
    place: (way, { index = 0, host = '127.0.0.1' } = {}) => {
      const kinds = { udp: 0, tcp: 0, tls: 1, wss: 1, ws: 2 };
      return { host, port: port(kinds[way], index) };
    },
    switches: async (index = 0) => {
      const listed = await rpcs[index]?.call('dispatcher.list').catch(() => undefined);
      return destinationsOf(listed).flatMap(({ uri, active }) => (active ? [uri.replace('sip:', '')] : []));
    },
    servers: kamailios.map((it) => ({ kill: () => it.end('SIGKILL'), start: it.start })),
    log: () => kamailios.map((it) => it.log()).join('\n'),
    stop: async () => {
      await Promise.all(kamailios.map((it) => it.stop()));
    },
  };
}
