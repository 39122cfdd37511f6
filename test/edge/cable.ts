// A cable that a test can cut or silence: a TCP relay in front of a broker or a switch.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Cable {
  readonly port: number;
  /** Ends every connection and refuses new ones, as a broker that has died. */
  cut(): void;
  /** Passes nothing on, not even the end of a connection, as a network that drops every packet. */
  silence(): void;
  /** What waited in a silent cable arrives late, as what TCP sends again. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCable(to: number, host = '127.0.0.1'): Promise<Cable> {
  const open = new Set<Socket>();
  let silent: (() => void)[] | undefined;
  /** At once, or when the cable is mended. */
  const pass = (act: () => void): void => {
    if (silent) silent.push(act);
    else act();
  };
  const link = (near: Socket): void => {
    if (near.destroyed) return;
    const far = connect(to, host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('data', (bytes) => pass(() => other.write(bytes)));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        pass(() => other.destroySoon());
      });
    }
  };
  const join = (near: Socket): void => {
    near.on('error', () => undefined);
    pass(() => link(near));
  };
  const listen = async () => {
    const listening = createServer(join).listen(port, '127.0.0.1');
    await once(listening, 'listening');
    return listening;
  };
  let port = 0;
  let server = await listen();
  port = (server.address() as AddressInfo).port;
  const cut = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    cut,
    silence: () => {
      silent ??= [];
    },
    mend: async () => {
      const waiting = silent ?? [];
      silent = undefined;
      for (const act of waiting) act();
      if (!server.listening) server = await listen();
    },
    stop: async () => {
      cut();
    },
  };
}
