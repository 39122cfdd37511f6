// A leg that another switch has sent here with a job: it is done without asking who takes the call.
import { randomBytes } from 'node:crypto';
import { isRecord } from '../../../core/contract/index.ts';
import type { Channel } from '../channel.ts';
import type { SwitchNode } from '../switch-node.ts';
import type { Vars } from '../variables.ts';

/** The Custom-Channel-Var that tells the job: the fields of a command. It stays on the leg for whoever takes that over. */
export const jobKey = 'Move-Job';

export function jobOf(channel: Channel): Vars | undefined {
  const job = channel.vars[jobKey];
  return isRecord(job) ? job : undefined;
}

/** Runs the job, then ends the leg: the switch that has sent it knows why it came. */
export function arrive(node: SwitchNode, channel: Channel, job: Vars): void {
  const control = node.control(channel, channel.get('Fetch-ID') ?? '');
  const command = {
    'Event-Category': 'call',
    'Event-Name': 'command',
    'App-Name': 'ecallmgr',
    'App-Version': '1',
    'Call-ID': channel.callId,
  };
  const id = (): string => randomBytes(16).toString('hex');
  control.insert({ ...job, ...command, 'Msg-ID': id() });
  control.insert({ ...command, 'Msg-ID': id(), 'Application-Name': 'hangup' });
}
