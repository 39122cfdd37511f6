// The methods that a client may send on a channel, each with its handler.
import type { Channel } from '../channel.ts';
import type { AnyMethod, MethodArgs, MethodName } from '../codec/methods.ts';
import { ProtocolError } from '../protocol-error.ts';
import { basicMethods } from './basic.ts';
import { channelMethods } from './channel.ts';
import { exchangeMethods } from './exchange.ts';
import { queueMethods } from './queue.ts';

export type Handlers = { readonly [N in MethodName]?: (channel: Channel, args: MethodArgs<N>) => void };

const HANDLERS: Handlers = { ...channelMethods, ...exchangeMethods, ...queueMethods, ...basicMethods };

/** @throws ProtocolError of the handler, or COMMAND_INVALID for a method that only a server sends. */
export function handleMethod(channel: Channel, { name, args }: AnyMethod): void {
  // The table pairs each name with the arguments of that name; the compiler cannot follow a union through it.
  const handler = HANDLERS[name] as ((channel: Channel, args: AnyMethod['args']) => void) | undefined;
  if (!handler) throw new ProtocolError('COMMAND_INVALID', `${name} is not for a client to send here`);
  handler(channel, args);
}
