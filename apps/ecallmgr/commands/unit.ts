// What a command is: one file each, named like the Application-Name.
import type { CommandName } from '../../../core/messages/dialplan.ts';
import type { ControlledCall, told } from '../control/call.ts';
import type { Command, CommandOf, Completion } from '../control/command.ts';
import type { SwitchEvent } from '../freeswitch/index.ts';

export interface CommandUnit<N extends CommandName = CommandName> {
  readonly name: N;
  /** Whether it still runs when the call is gone (contract/kapi.md: store, set, record). */
  readonly afterHangup?: boolean;
  /**
   * Does it, and resolves when the next command may start: with what its completion says, or with what `call.execute`
   * gave when an event of the switch has told the completion already. Rejecting makes a dialplan error event.
   */
  run(call: ControlledCall, command: CommandOf<N>): Promise<Completion | typeof told>;
  /** What the completion says beside the fields of the switch's event. */
  completion?(event: SwitchEvent, command: CommandOf<N>): Completion;
}

/** Declares a command. */
export const unit = <const N extends CommandName>(declaration: CommandUnit<N>): CommandUnit<N> => declaration;

/** A command of any kind, as the control of a call runs it. */
export interface AnyUnit {
  readonly name: CommandName;
  readonly afterHangup?: boolean;
  run(call: ControlledCall, command: Command): Promise<Completion | typeof told>;
  completion?(event: SwitchEvent, command: Command): Completion;
}
