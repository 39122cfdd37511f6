// A TCP relay between a client and a server, to cut lines and to hold them.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A relay to the host and port of a URL. */
export class Wire {
  readonly #server: Server;
  readonly #pairs = new Set<Socket>();
  /** While true, what comes from either side is thrown away. */
  held = false;

  constructor(target: URL) {
    this.#server = createServer((client) => {
      const server = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#pairs.add(from);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#pairs.delete(from);
          to.destroy();
        });
        from.on('data', (data) => {
          if (!this.held) to.write(data);
        });
      }
    });
  }

  /** Answers the port to connect to. */
  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Cuts every line; new ones may be made. */
  cut(): void {
    for (const socket of this.#pairs) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }
}
