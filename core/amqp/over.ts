// The bus over any transport: everything that is the same whatever carries it.
import type { AnyMessage } from '../contract/index.ts';
import { AppError, hasCode } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import type { Metrics } from '../metrics/index.ts';
import { privateQueueName } from './addresses.ts';
import { asksForSign, giveSign } from './alive.ts';
import type { Binding, Bus, ConsumeOptions, Delivery, Subscription } from './bus.ts';
import { type Consumer, startConsumer } from './consumer.ts';
import { createEncoder, parse, type Sender } from './envelope.ts';
import { createHandling, deliveryOf } from './handling.ts';
import { createMeters, type Meters } from './meters.ts';
import { createPublishing } from './publishing.ts';
import { createReplies, type Replies } from './replies.ts';
import { createRequests } from './requests.ts';
import { defaultRetryDelays } from './retries.ts';
import type { Incoming, QueueSpec, Transport, TransportConsumer } from './transport.ts';
import { within } from './within.ts';

const prefetches = { at_most_once: 0, at_least_once: 10, when_over: 1_000 };
const drainTimeout = 5_000;

export interface BusOptions extends Sender {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Keys that a contract does not name are errors (tests), not only counted (production). */
  readonly strict: boolean;
  /** Waits before each further attempt at an `at_least_once` message, in ms. */
  readonly retryDelays?: readonly number[];
}

/** A bus over `transport`, which it closes with itself. */
export function busOver(transport: Transport, options: BusOptions): Bus {
  const { strict, node } = options;
  const log = options.log.child('bus');
  const meters = createMeters(options.metrics);
  const encode = createEncoder(options, strict, ({ id }, keys) => meters.unknownKeys(id, keys.length));
  const replies = createReplies(log, meters, strict);
  const serverId = privateQueueName(node);
  const { publish, reply, refuse } = createPublishing({ transport, encode, meters, log });
  const sign = (request: Delivery<AnyMessage>): void => {
    giveSign(request, reply).catch((error: unknown) => log.debug('a sign of life was not sent', { error }));
  };
  const listening = listenForAnswers(transport, serverId, replies, sign, meters, log);
  const requests = createRequests({ transport, encode, replies, meters, serverId, listening });
  const consumers = new Set<Consumer>();
  const durable = new Set<Consumer>();
  const stopping = () => new AppError('stopping', { message: 'the bus of this process is closing' });
  let closing: Promise<void> | undefined;

  const consume = async <M extends AnyMessage>(
    wanted: ConsumeOptions<M>,
    handler: (delivery: Delivery<M>) => Promise<void> | void,
  ): Promise<Subscription> => {
    if (closing !== undefined) throw stopping();
    const spec = specOf(wanted, node);
    const { contracts } = wanted;
    const consumer = await startConsumer({
      spec,
      transport,
      log,
      meters,
      delivery: wanted.delivery ?? 'at_most_once',
      retryDelays: options.retryDelays ?? defaultRetryDelays,
      handle: createHandling({
        queue: spec.name,
        contracts,
        handler,
        strict,
        log,
        meters,
        refuse,
        giveSign: sign,
      }),
      onStopped: () => {
        consumers.delete(consumer);
        durable.delete(consumer);
      },
    });
    consumers.add(consumer);
    if (spec.kind === 'durable') durable.add(consumer);
    return consumer;
  };

  const inFlight = () => [...consumers].reduce((sum, consumer) => sum + consumer.inFlight, 0);
  // Handlers that drain may still publish, ask and answer; what comes after them the transport refuses.
  const close = async (): Promise<void> => {
    const stopped = Promise.allSettled([...consumers].map((consumer) => consumer.stop()));
    if (!(await within(stopped, drainTimeout)))
      log.warn('closed while handlers were still running', { handlers: inFlight() });
    replies.failAll(stopping());
    await transport.close();
  };

  options.metrics.gauge('bus_in_flight', 'messages taken and not done with', inFlight);
  options.metrics.gauge('bus_breakers_open', 'targets that are given a rest', requests.breakers.open);
  options.metrics.gauge('bus_connected', '1 while connected', () => Number(transport.status().connected));
  return {
    serverId,
    publish: (contract, fields, given) => publish(undefined, contract, fields, given),
    send: publish,
    // The contract's decoder has checked the answers: here only the type is lost.
    request: requests.request as Bus['request'],
    collect: requests.collect as Bus['collect'],
    reply,
    consume,
    status: () => ({
      ...transport.status(),
      consumers: consumers.size,
      inFlight: inFlight(),
      durableQueues: [...new Set([...durable].map(({ queue }) => queue))],
    }),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** One queue takes the answers to every request of the process. */
function listenForAnswers(
  transport: Transport,
  serverId: string,
  replies: Replies,
  sign: (request: Delivery<AnyMessage>) => void,
  meters: Meters,
  log: Logger,
): Promise<TransportConsumer> {
  transport.onReturned((messageId) => replies.returned(messageId));
  const receive = (incoming: Incoming): void => {
    const json = parse(incoming.body);
    if (json instanceof AppError) {
      meters.invalid('answer');
      log.warn('a malformed answer was dropped', { error: json.message });
    } else if (asksForSign(json)) sign(deliveryOf(json, undefined as never, incoming));
    else replies.receive(json, incoming.correlationId);
  };
  const listening = transport.consume(
    { name: serverId, kind: 'private', prefetch: 0, bindings: [ownAddress(serverId)] },
    receive,
  );
  listening.catch((error: unknown) => {
    if (!hasCode(error, 'stopping')) log.error('cannot listen for answers', { error });
  });
  return listening;
}

function specOf(wanted: ConsumeOptions<AnyMessage>, node: string): QueueSpec {
  const { bindings, linger, onBack } = wanted;
  const reliable = wanted.delivery === 'at_least_once';
  if (reliable && wanted.queue === undefined)
    throw new AppError('unspecified_fault', {
      message: 'at_least_once needs a queue with a name: a private queue dies with its process',
    });
  const isPrivate = wanted.queue === undefined;
  const name = wanted.queue ?? privateQueueName(node);
  return {
    name,
    kind: reliable ? 'durable' : isPrivate ? 'private' : 'shared',
    prefetch: wanted.prefetch ?? prefetches[wanted.delivery ?? 'at_most_once'],
    linger,
    bindings: isPrivate && wanted.addressed ? [ownAddress(name), ...bindings] : bindings,
    onBack,
  };
}

const ownAddress = (queue: string): Binding => ({ exchange: 'targeted', key: queue });
