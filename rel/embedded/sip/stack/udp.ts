// SIP over UDP: one bound socket.

import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type Address, type Listener, type Log, type OnData, type OnFail, plainAddress } from './flow.ts';

/** Binds a UDP socket. Rejects when the address cannot be had. */
export async function listenUdp(host: string, port: number, onData: OnData, log: Log): Promise<Listener> {
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    recvBufferSize: 4_194_304,
    sendBufferSize: 1_048_576,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  return new UdpListener(socket, host, onData, log);
}

class UdpListener implements Listener {
  readonly address: Address;
  #socket: Socket;
  #closed = false;

  constructor(socket: Socket, host: string, onData: OnData, log: Log) {
    this.#socket = socket;
    this.address = { protocol: 'udp', host, port: socket.address().port };
    const local = { host, port: this.address.port };
    socket.on('error', (error) => log.error('sip: udp socket error', { error: error.message, ...local }));
    socket.on('message', (data, peer) => {
      // A datagram of a few bytes is a NAT keepalive.
      if (data.length > 4) {
        onData(data, {
          protocol: 'udp',
          local,
          remote: { host: plainAddress(peer.address), port: peer.port },
        });
      }
    });
  }

  send(data: Buffer, to: { host: string; port: number }, fail: OnFail): void {
    if (this.#closed) {
      process.nextTick(fail, new Error('the UDP socket is closed'));
      return;
    }
    this.#socket.send(data, to.port, to.host, (error) => {
      if (error) fail(error);
    });
  }

  reaches(): boolean {
    return true;
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}
