// The messages that clients have sent to a channel, started in turn.

import type { Step } from './application.ts';
import type { HangupCause } from './causes.ts';
import type { Channel } from './channel.ts';

export type Message =
  | { kind: 'execute'; step: Step; loops: number; lock: boolean }
  | { kind: 'hangup'; cause: HangupCause; lock: boolean };

export interface Mailbox {
  deliver(message: Message): void;
  /** Forgets what has not been started. */
  clear(): void;
}

/** Starts each message as it comes; one with `lock` holds up those behind it until it is done. */
export function createMailbox(channel: Channel, perform: (message: Message) => Promise<void>): Mailbox {
  const waiting: Message[] = [];
  let locked = false;

  function pump(): void {
    while (!locked && !channel.down) {
      const message = waiting.shift();
      if (!message) return;
      locked = message.lock;
      perform(message)
        .catch((error: unknown) =>
          channel.core.log.error('application failed', { uuid: channel.uuid, error }),
        )
        .finally(() => {
          if (message.lock) locked = false;
          pump();
        });
    }
  }

  return {
    deliver(message) {
      waiting.push(message);
      pump();
    },
    clear() {
      waiting.length = 0;
    },
  };
}
