// A switch that tells as many events as it is asked to (`bgapi flood COUNT`), as fast as the other side reads.
import { caller } from '../../../apps/ecallmgr/testing/calls.ts';
import { FakeEventSocket } from '../../../apps/ecallmgr/testing/event-socket.ts';
import { announce } from './parent.ts';

const socket = new FakeEventSocket(process.argv[2] ?? '');
await socket.listen();

// FreeSWITCH tells about 4 kB of a channel, in a hundred and thirty headers.
const variables = Object.fromEntries(
  Array.from({ length: 100 }, (_, at) => [`variable_bench_${at}`, `value ${at} of this channel`]),
);
const body = JSON.stringify({ ...caller, ...variables, 'Event-Name': 'CHANNEL_ANSWER' });
const frame = `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`;
/** Frames of one write. */
const together = 50;

socket.onApi = (command) => {
  const [name, count] = command.split(' ');
  if (name !== 'flood') return undefined;
  for (let left = Number(count); left > 0; left -= together)
    socket.raw(frame.repeat(Math.min(left, together)));
  return 'never';
};
announce({ port: socket.port, bytes: frame.length });
