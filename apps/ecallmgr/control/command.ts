// Call control commands as they come from a control queue: any application name, checked here so that a refusal names its request.
import { type MessageOf, message, Type } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { type CommandName, commandOf, type commands } from '../../../core/messages/dialplan.ts';
import type { CallEventFields } from '../events/index.ts';

/** A command of one kind. `Msg-ID` is always there: it is given when it was missing. */
export type CommandOf<N extends CommandName> = MessageOf<(typeof commands)[N]> & {
  readonly 'Msg-ID': string;
};

/** A command of any kind. */
export interface Command {
  readonly 'Application-Name': CommandName;
  readonly 'Call-ID': string;
  readonly 'Msg-ID': string;
  readonly 'Insert-At'?: 'head' | 'tail' | 'flush' | 'now';
  readonly [field: string]: unknown;
}

/** Fields that a completion has beside those of every event. */
export type Completion = Partial<CallEventFields>;

const declared = message({
  category: 'call',
  name: 'command',
  exchange: 'callctl',
  summary: 'Any call control command',
  fields: { 'Call-ID': Type.String(), 'Application-Name': Type.String() },
});

/** Lets every command through to `readCommand`: the bus would refuse a bad one without telling the call. */
export const anyCommand: typeof declared = { ...declared, unknownKeys: () => [] };

/** Checks a command against its contract. Throws `invalid_message` that says what is wrong with which field. */
export function readCommand(json: Record<string, unknown>): Command {
  const contract = commandOf(json);
  const name = String(json['Application-Name']);
  if (!contract)
    throw new AppError('invalid_message', { message: `there is no command ${JSON.stringify(name)}` });
  const first = contract.accept(json)[0];
  if (first)
    throw new AppError('invalid_message', {
      message: `${name}: ${first.path || 'the command'} ${first.message}`,
    });
  return json as Command;
}
