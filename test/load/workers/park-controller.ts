// A controller of parked calls and nothing else: bridges each to one callee. `park-controller.js HOST PORT PASSWORD DIAL`.
import net from 'node:net';
import { announce } from './parent.ts';

const [, , host = '', port = '', password = '', dial = ''] = process.argv;
const socket = net.connect({ host, port: Number(port), noDelay: true });
let waiting: Buffer = Buffer.alloc(0);

/** Takes one frame off the front; false when it is not whole yet. */
function take(): boolean {
  const end = waiting.indexOf('\n\n');
  if (end < 0) return false;
  const head = waiting.toString('utf8', 0, end);
  const length = Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? 0);
  if (waiting.length < end + 2 + length) return false;
  const body = waiting.toString('utf8', end + 2, end + 2 + length);
  waiting = waiting.subarray(end + 2 + length);
  if (head.includes('auth/request')) socket.write(`auth ${password}\n\nevent json CHANNEL_PARK\n\n`);
  if (head.includes('event-listener-enabled') || head.includes('+OK event listener')) announce();
  if (head.includes('text/event-json'))
    bridge(String((JSON.parse(body) as Record<string, unknown>)['Unique-ID']));
  return true;
}

function bridge(callId: string): void {
  const headers = ['call-command: execute', 'execute-app-name: bridge', `execute-app-arg: ${dial}`];
  socket.write(`sendmsg ${callId}\n${headers.join('\n')}\n\n`);
}

socket.on('data', (chunk) => {
  waiting = Buffer.concat([waiting, chunk]);
  while (take());
});
