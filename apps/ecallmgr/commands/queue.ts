// queue: several commands as one. They take its place in the queue; it completes when the last of them has.
import { isRecord } from '../../../core/contract/index.ts';
import { type Command, readCommand } from '../control/command.ts';
import { unit } from './unit.ts';

export const queue = unit({ name: 'queue', run: async () => ({}) });

/** The commands of a `queue` in order, and the queue itself, emptied, behind them. Throws `invalid_message`. */
export function membersOf(command: Command): readonly Command[] {
  const given = Array.isArray(command['Commands']) ? command['Commands'].filter(isRecord) : [];
  const members = given.map((member, index) => inside(command, member, `${command['Msg-ID']}-${index}`));
  return [...members, { ...command, Commands: [] }];
}

/** A command that another one holds, from the same sender and about the same call. Throws `invalid_message`. */
export function inside(outer: Command, member: Readonly<Record<string, unknown>>, id: string): Command {
  const { 'Insert-At': _place, ...fields } = member;
  return readCommand({
    ...headersOf(outer),
    ...fields,
    'Call-ID': outer['Call-ID'],
    'Msg-ID': typeof member['Msg-ID'] === 'string' ? member['Msg-ID'] : id,
  });
}

const headersOf = (command: Command): Record<string, unknown> =>
  Object.fromEntries(
    ['App-Name', 'App-Version', 'Event-Category', 'Event-Name', 'Server-ID', 'Node'].map((name) => [
      name,
      command[name],
    ]),
  );
