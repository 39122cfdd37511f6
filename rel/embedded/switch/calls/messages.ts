// What clients send to a channel by `sendmsg`: applications to execute, and hangups.

import type { CommandFrame } from '../eventsocket/index.ts';
import { findCause } from './causes.ts';
import type { SwitchCore } from './contract.ts';

const MAX_LOOPS = 1_000_000;

/** Gives the reply of `sendmsg`, or undefined when there is no such channel. */
export function receiveMessage(core: SwitchCore): (uuid: string, frame: CommandFrame) => string | undefined {
  return (uuid, { headers, body }) => {
    const channel = core.channels.get(uuid);
    if (!channel) return undefined;
    const lock = /^(true|yes|1|on)$/i.test(headers.get('event-lock') ?? '');
    const command = headers.get('call-command')?.toLowerCase();
    if (command === 'hangup') {
      const cause = findCause(headers.get('hangup-cause')) ?? 'NORMAL_CLEARING';
      channel.executor.deliver({ kind: 'hangup', cause, lock });
      return '+OK';
    }
    if (command !== 'execute')
      return `-ERR ${command ?? 'a message without call-command'} is not available here`;
    const name = headers.get('execute-app-name');
    if (!name) return '-ERR execute-app-name is missing';
    const loops = Number(headers.get('loops') ?? 1);
    channel.executor.deliver({
      kind: 'execute',
      step: {
        name,
        args: headers.get('execute-app-arg') ?? body ?? '',
        uuid: headers.get('event-uuid'),
        uuidName: headers.get('event-uuid-name'),
      },
      loops: Number.isInteger(loops) ? Math.min(loops, MAX_LOOPS) : 1,
      lock,
    });
    return '+OK';
  };
}
