// Fewer system calls: what amqplib writes within one turn goes out in one piece.
import type { Writable } from 'node:stream';

/**
 * amqplib writes each message to the socket by itself, and a system call costs more than making the message.
 * From here on `stream` holds back what is written until the end of the turn, never longer.
 */
export function gatherWrites(stream: Writable): void {
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
  let gathering = false;
  const send = (): void => {
    gathering = false;
    stream.uncork();
  };
  stream.write = (...args: readonly unknown[]): boolean => {
    if (!gathering) {
      gathering = true;
      stream.cork();
      process.nextTick(send);
    }
    return write(...args);
  };
}
