// A cable that a test can cut: a TCP relay in front of a broker.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Cable {
  readonly port: number;
  /** Ends every connection and refuses new ones, as a broker that has died. */
  cut(): void;
  mend(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCable(to: number): Promise<Cable> {
  const open = new Set<Socket>();
  const join = (near: Socket): void => {
    const far = connect(to, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.pipe(other);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  };
  let server = createServer(join).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    cut,
    mend: async () => {
      server = createServer(join).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    stop: async () => {
      cut();
    },
  };
}
