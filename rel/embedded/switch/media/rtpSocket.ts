// Binds the UDP socket of an RTP session: any port, or an even one of a range.
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { MediaError } from './errors.ts';

function bind(host: string, port: number): Promise<Socket> {
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    // Addresses are always numbers here; Node's own look-up costs a turn of the loop for each packet.
    lookup: (address, _options, done) => done(null, address, isIPv6(address) ? 6 : 4),
  });
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      socket.close();
      reject(error);
    };
    socket.once('error', failed);
    socket.bind({ port, address: host }, () => {
      socket.off('error', failed);
      // ICMP "port unreachable" and the like: the far end is gone, which the media timeout tells.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

async function bindInRange(host: string, [low, high]: readonly [number, number]): Promise<Socket> {
  const even = low + (low % 2);
  const count = Math.floor((high - even) / 2) + 1;
  const start = count > 0 ? randomInt(count) : 0;
  for (let i = 0; i < count; i++) {
    try {
      return await bind(host, even + ((start + i) % count) * 2);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw new MediaError(
    'no_ports',
    `every even RTP port from ${low} to ${high} on ${host} is taken: widen the range`,
  );
}

/** A bound socket. @throws MediaError `no_ports`, or `bad_argument` when the address cannot be bound */
export async function openRtpSocket(host: string, portRange?: readonly [number, number]): Promise<Socket> {
  try {
    return await (portRange ? bindInRange(host, portRange) : bind(host, 0));
  } catch (error) {
    if (error instanceof MediaError) throw error;
    throw new MediaError('bad_argument', `cannot bind an RTP port on ${host}: ${String(error)}`, {
      cause: error,
    });
  }
}
