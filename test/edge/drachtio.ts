// The edge in TypeScript under test: on the embedded SIP server, or on a drachtio-server (`MIRLITON_E2E_EDGE=drachtio:…`).
import { edge } from '../../apps/registrar/edge/app.ts';
import { startSipServer } from '../../rel/embedded/sip/index.ts';
import { mixOfRun, settingsOf } from '../e2e/mix.ts';
import type { Place } from './channel.ts';
import type { EdgeUnderTest } from './zone.ts';

export async function startDrachtioEdge(): Promise<EdgeUnderTest> {
  const { settings, place, stop } = mixOfRun().edge === 'embedded' ? await embedded() : given();
  return {
    app: edge,
    settings,
    place,
    switches: undefined,
    edges: [],
    log: () => '',
    stop,
  };
}

type Server = Pick<EdgeUnderTest, 'settings' | 'place' | 'stop'>;

async function embedded(): Promise<Server> {
  const listen = (['127.0.0.1', '::1'] as const).flatMap((host) =>
    (['udp', 'tcp'] as const).map((protocol) => ({ protocol, host, port: 0 })),
  );
  const control = { host: '127.0.0.1', port: 0 };
  const server = await startSipServer({ control, secret: 'cymru', listen });
  const find = (protocol: string, host: string): Place => {
    const address = server.addresses.find((it) => it.protocol === protocol && it.host === host);
    return { host, port: address?.port ?? 0 };
  };
  return {
    settings: { edge: { kind: 'drachtio', host: '127.0.0.1', port: server.controlPort, secret: 'cymru' } },
    place: (way, { host = '127.0.0.1' } = {}) => find(way === 'tcp' ? 'tcp' : 'udp', host),
    stop: () => server.stop(),
  };
}

function given(): Server {
  const settings = settingsOf(mixOfRun());
  const { host, port } = settings['sip'] as Place;
  return { settings, place: () => ({ host, port }), stop: () => Promise.resolve() };
}
