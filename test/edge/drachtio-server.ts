// A private drachtio-server of a test, with every transport switched on: `drachtio` of the PATH, or MIRLITON_E2E_DRACHTIO.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../e2e/eventually.ts';
import { freePorts } from '../e2e/ports.ts';
import type { DrachtioServer } from './drachtio.ts';

const program = process.env['MIRLITON_E2E_DRACHTIO'] ?? 'drachtio';

export interface DrachtioServerOptions {
  readonly folder: string;
  readonly name: string;
  readonly secret: string;
  readonly certificate: string;
  readonly key: string;
}

/** Resolves when it takes applications. Rejects with its log when it ends before that. */
export async function startDrachtioServer(options: DrachtioServerOptions): Promise<DrachtioServer> {
  const { folder, name, secret } = options;
  const [control = 0, sip = 0, tls = 0, ws = 0, wss = 0] = await freePorts(5);
  const file = join(folder, `${name}.xml`);
  writeFileSync(file, configuration(options, { control, sip, tls, ws, wss }));
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    let output = '';
    const started = spawn(program, ['-f', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-4_000);
      });
    const ended = once(started, 'exit').then(([code]) => {
      throw new Error(`drachtio-server ended with ${code}:\n${output}`);
    });
    await Promise.race([ended, eventually(() => reached(control), 20)]);
    ended.catch(() => undefined);
  };
  await start();
  const ports = { udp: sip, tcp: sip, tls, ws, wss };
  return {
    settings: { edge: { kind: 'drachtio', host: '127.0.0.1', port: control, secret } },
    place: (way, host) => ({ host, port: ports[way] }),
    start,
    kill: async () => {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

type Ports = Readonly<Record<'control' | 'sip' | 'tls' | 'ws' | 'wss', number>>;

function configuration(
  { secret, certificate, key }: DrachtioServerOptions,
  { control, sip, tls, ws, wss }: Ports,
): string {
  const contacts = ['127.0.0.1', '[::1]'].flatMap((host) => [
    `sip:${host}:${sip};transport=udp,tcp`,
    `sips:${host}:${tls};transport=tls`,
    `sip:${host}:${ws};transport=ws`,
    `sips:${host}:${wss};transport=wss`,
  ]);
  return `<drachtio>
  <admin port="${control}" secret="${secret}">127.0.0.1</admin>
  <sip>
    <contacts>${contacts.map((contact) => `<contact>${contact}</contact>`).join('')}</contacts>
    <tls>
      <key-file>${key}</key-file><cert-file>${certificate}</cert-file><chain-file>${certificate}</chain-file>
    </tls>
  </sip>
  <logging><console/><loglevel>${process.env['DRACHTIO_LOG'] ?? 'error'}</loglevel></logging>
</drachtio>
`;
}

async function reached(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
