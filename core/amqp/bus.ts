// The bus as every app sees it: publish, request, reply, consume. No app knows what carries it.
import type { AnswerOf, AnyMessage, ExchangeName, MessageFields, MessageOf } from '../contract/index.ts';

/** A received message and what is needed to answer it. */
export interface Delivery<M extends AnyMessage> {
  readonly message: MessageOf<M>;
  readonly contract: M;
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  /** AMQP properties of a requester that answers by `replyTo` (stock Kamailio). */
  readonly replyTo: string | undefined;
  readonly correlationId: string | undefined;
}

export interface PublishOptions {
  /** Reject with `nobody_listens` when no queue is bound (AMQP mandatory). */
  readonly mandatory?: boolean;
  /** Persistent and awaited until the broker confirms: for what must not be lost. */
  readonly durable?: boolean;
  readonly priority?: number;
  /** Msg-ID to use: a request id to repeat, or the fetch id of a route request. Default: random. */
  readonly messageId?: string;
  /** Server-ID to give, when the answer is not for this process' own queue. */
  readonly serverId?: string;
  /** Milliseconds to wait for a broker that is away or busy before rejecting with `bus_unreachable`; default 5000. */
  readonly timeout?: number;
}

export interface RequestOptions {
  /** Milliseconds; default 2000. */
  readonly timeout?: number;
  /** Publish to this queue by `targeted`/`callctl` instead of the contract's routing key. */
  readonly target?: string;
  readonly messageId?: string;
  /**
   * What it means when nobody answers in time. `failure` (default) counts towards the circuit breaker of the target;
   * `allowed` is for questions that only those answer whom it concerns, e.g. who takes a call.
   */
  readonly silence?: 'failure' | 'allowed';
  /** Stops waiting: the request rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface CollectOptions extends RequestOptions {
  /** Stop as soon as this many answers are in; without it all answers until the timeout are collected. */
  readonly count?: number;
}

/** One binding: all routing keys of `contract`'s exchange that match `key` (`*`, `#` as in AMQP topics). */
export interface Binding {
  readonly exchange: ExchangeName;
  readonly key: string;
}

export interface ConsumeOptions<M extends AnyMessage> {
  /** Name of a queue shared by all instances of an app; without it a private queue of this process is made. */
  readonly queue?: string;
  /** A private queue is also bound on `targeted` under its name, to be given as a Server-ID. */
  readonly addressed?: boolean;
  readonly bindings: readonly Binding[];
  /** What may arrive; anything else is logged and counted as `unexpected`. */
  readonly contracts: readonly M[];
  /**
   * How many handlers run at a time, in order of arrival; as many messages again wait here. Default: no limit for
   * `at_most_once`, 10 for `at_least_once`, 1000 for `when_over`.
   */
  readonly prefetch?: number;
  /** Milliseconds a shared queue outlives its last consumer, so that another process can take it over. Default: none. */
  readonly linger?: number;
  /**
   * `at_most_once` (default): acknowledged before its handler starts. `at_least_once`: durable queue, acknowledged when the handler
   * resolves, retried with back-off when it rejects with a retryable error, dead-lettered otherwise. `when_over`:
   * acknowledged when the handler has ended, however it ended; it comes again, marked as redelivered, when this process
   * goes away before that, and when the handler rejects with `stopping`: so another one can go on with it.
   */
  readonly delivery?: 'at_most_once' | 'at_least_once' | 'when_over';
  /**
   * Called when messages come again after the connection or the queue was lost: what was told meanwhile never came to a
   * private queue. It must not throw.
   */
  readonly onBack?: () => void;
}

/** A running consumer. It survives reconnects and server-side cancels by declaring itself again. */
export interface Subscription {
  readonly queue: string;
  bind(binding: Binding): Promise<void>;
  unbind(binding: Binding): Promise<void>;
  /** Stops taking messages; resolves when the handlers that run have ended. */
  stop(): Promise<void>;
}

export interface BusStatus {
  readonly connected: boolean;
  /** How often the broker was reached: when it changes, what was told meanwhile on private queues is lost. */
  readonly connections: number;
  /** When it was reached again last, by `performance.now()`; long ago when it was never away. */
  readonly backSince: number;
  readonly consumers: number;
  readonly inFlight: number;
  /** Queues that keep what must not be lost, each with its dead letters. */
  readonly durableQueues: readonly string[];
  readonly detail?: string;
}

export interface Bus {
  /** Name of this process' private queue, bound on `targeted`: its Server-ID. */
  readonly serverId: string;
  /** Publishes on the contract's exchange under its routing key. Resolves when written (or confirmed, when durable). */
  publish<M extends AnyMessage>(
    contract: M,
    fields: MessageFields<M>,
    options?: PublishOptions,
  ): Promise<void>;
  /** Publishes to a queue by name, on the contract's exchange (`targeted` or `callctl`). */
  send<M extends AnyMessage>(
    target: string,
    contract: M,
    fields: MessageFields<M>,
    options?: PublishOptions,
  ): Promise<void>;
  /**
   * Publishes and awaits the first answer that is one of the contract's `answers` and not deferred
   * (a deferred one is taken when nothing better comes in time).
   * Rejects with `nobody_listens`, `request_timeout`, `breaker_open`, `bus_unreachable`, or the AppError an error answer carries.
   */
  request<M extends AnyMessage>(
    contract: M,
    fields: MessageFields<M>,
    options?: RequestOptions,
  ): Promise<AnswerOf<M>>;
  /** Publishes and collects answers until `count` or the timeout. Never rejects for silence: that is an empty list. */
  collect<M extends AnyMessage>(
    contract: M,
    fields: MessageFields<M>,
    options?: CollectOptions,
  ): Promise<AnswerOf<M>[]>;
  /** Answers a delivery: on AMQP `replyTo` where the request had it, else on `targeted` to its Server-ID, with its Msg-ID. */
  reply<M extends AnyMessage>(
    request: Delivery<AnyMessage>,
    contract: M,
    fields: MessageFields<M>,
    options?: PublishOptions,
  ): Promise<void>;
  /** Starts a consumer. A handler that rejects is logged; the consumer goes on. */
  consume<M extends AnyMessage>(
    options: ConsumeOptions<M>,
    handler: (delivery: Delivery<M>) => Promise<void> | void,
  ): Promise<Subscription>;
  status(): BusStatus;
  close(): Promise<void>;
}
