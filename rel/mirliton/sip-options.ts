// One SIP OPTIONS over UDP (RFC 3261 §11): whether somebody answers there.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const timeout = 4_000;
const again = 500;

/** The status line of the answer without `SIP/2.0`, or undefined when none came. */
export async function sipOptions({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<string | undefined> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const callId = randomBytes(8).toString('hex');
  const answered = new Promise<string | undefined>((resolve) => {
    socket.on('message', (packet) => {
      const [line = ''] = packet.toString('latin1').split('\r\n');
      if (line.startsWith('SIP/2.0 ') && packet.includes(callId)) resolve(line.slice('SIP/2.0 '.length));
    });
    // Nobody listens there.
    socket.on('error', () => resolve(undefined));
    setTimeout(resolve, timeout, undefined).unref();
  });
  let repeat: NodeJS.Timeout | undefined;
  try {
    socket.connect(port, host);
    await Promise.race([once(socket, 'connect'), answered]);
    const packet = request(host, port, socket.address().port, callId);
    const send = (): void => socket.send(packet);
    send();
    repeat = setInterval(send, again);
    return await answered;
  } catch {
    return undefined;
  } finally {
    clearInterval(repeat);
    socket.close();
  }
}

function request(host: string, port: number, ownPort: number, callId: string): string {
  const uri = `sip:${host.includes(':') ? `[${host}]` : host}:${port}`;
  return [
    `OPTIONS ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${ownPort};rport;branch=z9hG4bK${callId}`,
    'Max-Forwards: 70',
    `From: <sip:doctor@mirliton.invalid>;tag=${callId.slice(0, 8)}`,
    `To: <${uri}>`,
    `Call-ID: ${callId}`,
    'CSeq: 1 OPTIONS',
    `Contact: <sip:doctor@127.0.0.1:${ownPort}>`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
