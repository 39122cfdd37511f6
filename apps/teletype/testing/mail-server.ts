// The smallest mail server (RFC 5321) that a mail can be sent to; for tests only.

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and bodies as they came. */
  readonly data: string;
}

/** `refuse` is the answer to the next recipients, e.g. `550 no`. */
export async function mailServer() {
  const received: Received[] = [];
  const state = { refuse: '' };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let [from, to, data, pending]: [string, string[], string[] | undefined, string] = ['', [], undefined, ''];
    const say = (line: string) => socket.write(`${line}\r\n`);
    const line = (text: string): void => {
      if (data) {
        if (text !== '.') return void data.push(text);
        received.push({ from, to, data: data.join('\n') });
        [to, data] = [[], undefined];
        return void say('250 taken');
      }
      const address = /<(.*)>/.exec(text)?.[1] ?? '';
      if (/^(EHLO|HELO|RSET)/i.test(text)) say('250 ok');
      else if (/^MAIL/i.test(text)) {
        from = address;
        say('250 ok');
      } else if (/^RCPT/i.test(text)) {
        to = [...to, address];
        say(state.refuse || '250 ok');
      } else if (/^DATA/i.test(text)) {
        data = [];
        say('354 go on');
      } else if (/^QUIT/i.test(text)) socket.end('221 bye\r\n');
      else say('500 what?');
    };
    say('220 mail.test');
    socket.on('data', (chunk) => {
      const lines = (pending + String(chunk)).split('\r\n');
      pending = lines.pop() ?? '';
      for (const text of lines) line(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { port: (server.address() as AddressInfo).port, received, state, stop };
}

/** The text of a mail, whatever way it was encoded. */
export function textOf({ data }: Received): string {
  return data
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
