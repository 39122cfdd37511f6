// Actors as every app sees them: named, supervised, with a bounded mailbox. nact is behind it.

/** Handles one message at a time; the state it returns is given to the next. Rejecting counts as a crash. */
export type Behaviour<State, Message> = (
  state: State,
  message: Message,
  self: Actor<Message>,
) => Promise<State> | State;

export interface ActorOptions<State, Message> {
  /** Unique in the system, e.g. `call:<Call-ID>`. */
  readonly name: string;
  readonly initial: State;
  readonly behaviour: Behaviour<State, Message>;
  /** Messages that may wait; more are refused with `actor_overloaded`. Default 1000. */
  readonly mailbox?: number;
  /** Restarts (with the initial state) within a minute before the actor is stopped. Default 0: the first crash stops it. */
  readonly restarts?: number;
  /** Milliseconds one message may take before a warning is logged; default 30000, 0 for never. The handler goes on. */
  readonly handlerTimeout?: number;
  /** Told once when the actor ends, with the error when it crashed. */
  readonly onStop?: (reason: 'stopped' | 'crashed', error?: unknown) => void;
}

export interface Actor<Message> {
  readonly name: string;
  /** Puts a message into the mailbox. Throws `actor_stopped` or `actor_overloaded`: a message is never silently lost. */
  send(message: Message): void;
  /** Sends a message built around a reply function and awaits the reply. Rejects with `timeout` after `milliseconds`. */
  ask<Reply>(build: (reply: (value: Reply) => void) => Message, milliseconds: number): Promise<Reply>;
  /** Handles what waits, then stops. Not to be awaited by the actor's own behaviour, which it waits for. */
  stop(): Promise<void>;
}

export interface ActorSystem {
  /** Throws `stopping` once the system drains, and `unspecified_fault` when the name is taken. */
  spawn<State, Message>(options: ActorOptions<State, Message>): Actor<Message>;
  find<Message>(name: string): Actor<Message> | undefined;
  readonly size: number;
  /** Stops every actor after what waits in its mailbox, at most `milliseconds`. */
  drain(milliseconds: number): Promise<void>;
}
