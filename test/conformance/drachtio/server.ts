// The server under test: a real drachtio-server named in the environment, or else the embedded one.
//
// MIRLITON_DRACHTIO=host:controlport:secret  MIRLITON_DRACHTIO_SIP=host:port (UDP and TCP)

import { startSipServer } from '../../../rel/embedded/sip/index.ts';
import type { Address, Protocol } from '../../../rel/embedded/sip/stack/index.ts';

export interface ServerUnderTest {
  control: { host: string; port: number; secret: string };
  sip(protocol: Protocol): Address;
  stop(): Promise<void>;
}

let running: Promise<ServerUnderTest> | undefined;

/** The server, started once for all files of the suite. */
export function serverUnderTest(): Promise<ServerUnderTest> {
  running ??= process.env['MIRLITON_DRACHTIO'] === undefined ? startEmbedded() : Promise.resolve(real());
  return running;
}

/** Stops what `serverUnderTest` started. */
export async function stopServerUnderTest(): Promise<void> {
  const server = await running;
  running = undefined;
  await server?.stop();
}

function real(): ServerUnderTest {
  const [host = '127.0.0.1', port = '9022', secret = 'cymru'] = (
    process.env['MIRLITON_DRACHTIO'] ?? ''
  ).split(':');
  const [sipHost = host, sipPort = '5060'] = (process.env['MIRLITON_DRACHTIO_SIP'] ?? '').split(':');
  return {
    control: { host, port: Number(port), secret },
    sip: (protocol) => ({ protocol, host: sipHost, port: Number(sipPort) }),
    stop: () => Promise.resolve(),
  };
}

async function startEmbedded(): Promise<ServerUnderTest> {
  const host = '127.0.0.1';
  const server = await startSipServer({
    control: { host, port: 0 },
    secret: 'cymru',
    listen: [
      { protocol: 'udp', host, port: 0 },
      { protocol: 'tcp', host, port: 0 },
    ],
  });
  const port = (protocol: Protocol): number =>
    server.addresses.find((a) => a.protocol === protocol)?.port ?? 0;
  return {
    control: { host, port: server.controlPort, secret: 'cymru' },
    sip: (protocol) => ({ protocol, host, port: port(protocol) }),
    stop: () => server.stop(),
  };
}
