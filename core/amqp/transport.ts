// What carries the bus: bytes to exchanges, bytes from queues. amqplib in production, memory in unit tests.
import type { Binding } from './bus.ts';
import type { LinkStatus } from './link.ts';

/** A message on its way out, already encoded. */
export interface Outgoing {
  /** `''` is the default exchange, where the routing key is the name of a queue. */
  readonly exchange: string;
  readonly key: string;
  readonly body: Buffer;
  readonly messageId: string;
  readonly correlationId?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  readonly priority?: number | undefined;
  readonly persistent?: boolean | undefined;
  /** Say so when no queue takes it: as a rejection when confirmed, else through `onReturned`. */
  readonly mandatory?: boolean | undefined;
  /** Await the broker's confirmation. */
  readonly confirm?: boolean | undefined;
  /** Epoch milliseconds: what could not be written by then is dropped and rejects with `bus_unreachable`. */
  readonly deadline: number;
}

/** A message as it came. */
export interface Incoming {
  readonly body: Buffer;
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  readonly messageId: string | undefined;
  readonly replyTo: string | undefined;
  readonly correlationId: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Does nothing when the queue is consumed without acknowledgement, or when its channel is gone. */
  ack(): void;
}

/** A queue, and how it is consumed. */
export interface QueueSpec {
  readonly name: string;
  /** `private` dies with its consumer, `shared` with its last one (or `linger` ms later), `durable` never. */
  readonly kind: 'private' | 'shared' | 'durable';
  readonly linger?: number | undefined;
  /** 0: consumed without acknowledgement. */
  readonly prefetch: number;
  /** Durable queues to declare beside it. */
  readonly beside?: readonly WaitingQueue[];
  readonly bindings: readonly Binding[];
  /** See `ConsumeOptions`. */
  readonly onBack?: (() => void) | undefined;
}

/** A durable queue without a consumer: its messages go to the queue `goesTo` after `ttl` ms, or stay. */
export interface WaitingQueue {
  readonly name: string;
  readonly ttl?: number;
  readonly goesTo?: string;
}

export interface TransportConsumer {
  /** False while it is being declared again, e.g. after the connection was lost. */
  readonly isReady: boolean;
  /** Resolves when messages can come. */
  ready(): Promise<unknown>;
  bind(binding: Binding): Promise<void>;
  unbind(binding: Binding): Promise<void>;
  /** No message comes after this; acknowledging still works until `release`. */
  cancel(): Promise<void>;
  release(): Promise<void>;
}

export interface Transport {
  /** Resolves when written, or when confirmed if it is to be. */
  publish(message: Outgoing): Promise<void>;
  /** Told the Msg-ID of an unconfirmed mandatory message that no queue took. */
  onReturned(listener: (messageId: string) => void): void;
  /** Resolves when messages can come; waits for the broker as long as it takes. */
  consume(spec: QueueSpec, onMessage: (message: Incoming) => void): Promise<TransportConsumer>;
  status(): LinkStatus;
  close(): Promise<void>;
}
