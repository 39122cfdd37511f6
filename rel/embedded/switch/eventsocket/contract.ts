// What the event socket asks of the switch behind it.

import type { CommandFrame } from './frame.ts';

export interface SwitchControl {
  /** Runs an API command; undefined when there is none of that name. Never rejects. */
  api(name: string, args: string): Promise<string | undefined>;
  /** Acts on an event that a client has sent; most are only passed on. */
  takeEvent(name: string, message: CommandFrame): void;
  /** Hands a `sendmsg` to a channel; undefined when there is no such channel, else the reply text. */
  sendMessage(uuid: string, message: CommandFrame): string | undefined;
}
