// One running consumer: how many handlers run at a time, when a message is acknowledged, and a clean stop.
import { AppError, hasCode } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import type { ConsumeOptions, Subscription } from './bus.ts';
import { newMessageId, parse } from './envelope.ts';
import type { Ending } from './handling.ts';
import type { Meters } from './meters.ts';
import { attemptsOf, createMemory, originOf, queuesBeside, whatNext } from './retries.ts';
import type { Incoming, QueueSpec, Transport } from './transport.ts';

export interface ConsumerOptions {
  readonly spec: QueueSpec;
  readonly delivery: NonNullable<ConsumeOptions<never>['delivery']>;
  readonly retryDelays: readonly number[];
  readonly transport: Transport;
  readonly log: Logger;
  readonly meters: Meters;
  readonly handle: (incoming: Incoming) => Promise<Ending>;
  readonly onStopped: () => void;
}

export interface Consumer extends Subscription {
  /** Messages taken and not done with. */
  readonly inFlight: number;
}

/** Starts a consumer; resolves when messages can come. */
export async function startConsumer(options: ConsumerOptions): Promise<Consumer> {
  const { spec, transport, log } = options;
  const limit = spec.prefetch === 0 ? Number.POSITIVE_INFINITY : spec.prefetch;
  const work = ways[options.delivery](options);
  const waiting: Incoming[] = [];
  let running = 0;
  let stopping: Promise<void> | undefined;
  let onIdle: (() => void) | undefined;

  const run = async (incoming: Incoming): Promise<void> => {
    running += 1;
    try {
      await work(incoming);
    } catch (error) {
      log.error('a message could not be settled; the broker will deliver it again', {
        queue: spec.name,
        error,
      });
    }
    running -= 1;
    const next = waiting.shift();
    if (next) void run(next);
    else if (running === 0) onIdle?.();
  };
  const take = (incoming: Incoming): void => {
    if (running < limit) void run(incoming);
    else waiting.push(incoming);
  };

  const beside =
    options.delivery === 'at_least_once' ? { beside: queuesBeside(spec.name, options.retryDelays) } : {};
  const consumer = await transport.consume({ ...spec, ...beside }, take);
  const stop = async (): Promise<void> => {
    await consumer.cancel();
    // What has not started goes back to the queue when the channel is released.
    if (spec.prefetch > 0) waiting.length = 0;
    if (running > 0)
      await new Promise<void>((resolve) => {
        onIdle = resolve;
      });
    await consumer.release();
    options.onStopped();
  };
  return {
    queue: spec.name,
    bind: (binding) => consumer.bind(binding),
    unbind: (binding) => consumer.unbind(binding),
    stop: () => (stopping ??= stop()),
    get inFlight() {
      return running + waiting.length;
    },
  };
}

/** At most once: acknowledged, then handled; a handler's error is logged and that is all. */
function once({ spec, handle, log, meters }: ConsumerOptions) {
  return async (incoming: Incoming): Promise<void> => {
    incoming.ack();
    if (incoming.redelivered) meters.redelivered(spec.name);
    const ending = await handle(incoming);
    if (ending.end === 'failed')
      log.error('a handler failed', {
        queue: spec.name,
        routingKey: incoming.routingKey,
        error: ending.error,
      });
  };
}

/** Acknowledged when its handler has ended, but for one that lets go of it. */
function whenOver({ spec, handle, log, meters }: ConsumerOptions) {
  return async (incoming: Incoming): Promise<void> => {
    if (incoming.redelivered) meters.redelivered(spec.name);
    const ending = await handle(incoming);
    if (ending.end === 'failed') {
      if (hasCode(ending.error, 'stopping')) return;
      log.error('a handler failed', {
        queue: spec.name,
        routingKey: incoming.routingKey,
        error: ending.error,
      });
    }
    incoming.ack();
  };
}

/** At least once: acknowledged when handled, or when it is safe in a retry queue or among the dead letters. */
function reliably({ spec, retryDelays, transport, handle, log, meters }: ConsumerOptions) {
  const done = createMemory();
  const attempt = async (incoming: Incoming): Promise<Ending> => {
    // Someone took it and went away before the end: perhaps because of it. So it counts as a failed attempt.
    if (incoming.redelivered) return { end: 'failed', error: processWentAway };
    const original = { ...incoming, ...originOf(incoming), redelivered: attemptsOf(incoming) > 0 };
    return handle(original);
  };
  return async (incoming: Incoming): Promise<void> => {
    const messageId = incoming.messageId ?? idInside(incoming);
    if (incoming.redelivered) meters.redelivered(spec.name);
    if (done.has(messageId)) {
      meters.duplicate(spec.name);
      incoming.ack();
      return;
    }
    const ending = await attempt(incoming);
    const { fate, outgoing } = whatNext(spec.name, retryDelays, incoming, messageId, ending);
    if (outgoing) await transport.publish(outgoing);
    if (fate === 'handled') done.add(messageId);
    incoming.ack();
    if (fate === 'handled') return;
    const facts = { queue: spec.name, messageId, attempt: attemptsOf(incoming) + 1, error: errorIn(ending) };
    meters[fate](spec.name);
    if (fate === 'retried') log.warn('a message failed and is tried again later', facts);
    else log.error('a message was given up: it stands among the dead letters', facts);
  };
}

const ways = { at_most_once: once, at_least_once: reliably, when_over: whenOver };

const processWentAway = new AppError('stopping', { message: 'the process that handled it went away' });

const errorIn = (ending: Ending): unknown => (ending.end === 'done' ? undefined : ending.error);

// Other publishers give the Msg-ID in the body only; without one nothing is ever taken for a duplicate.
function idInside({ body }: Incoming): string {
  const json = parse(body);
  const id = json instanceof AppError ? undefined : json['Msg-ID'];
  return typeof id === 'string' ? id : newMessageId();
}
