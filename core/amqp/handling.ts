// From bytes to a handler: parse, find the contract, validate, run with the call's ids in the log.
import type { AnyMessage } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import { type Logger, withLogContext } from '../log/index.ts';
import { inSpan, parseTraceparent, type SpanOptions, withTrace } from '../trace/index.ts';
import { asksForSign } from './alive.ts';
import type { Delivery } from './bus.ts';
import { createDecoder, type Json, parse } from './envelope.ts';
import type { Meters } from './meters.ts';
import type { Incoming } from './transport.ts';

export interface HandlingOptions<M extends AnyMessage> {
  readonly queue: string;
  readonly contracts: readonly M[];
  readonly handler: (delivery: Delivery<M>) => Promise<void> | void;
  readonly strict: boolean;
  readonly log: Logger;
  readonly meters: Meters;
  /** Tells a requester that its message was refused. */
  readonly refuse: (request: Delivery<AnyMessage>, error: AppError) => void;
  /** Answers somebody who asks whether this process lives. */
  readonly giveSign: (request: Delivery<AnyMessage>) => void;
}

/** How a message ended: its handler resolved, the message was bad (logged, its requester told), or the handler rejected. */
export type Ending =
  | { readonly end: 'done' }
  | { readonly end: 'bad'; readonly error: AppError }
  | { readonly end: 'failed'; readonly error: unknown };

const done: Ending = { end: 'done' };

/** Makes the function that handles one message of a queue. It resolves when the handler has ended and never rejects. */
export function createHandling<M extends AnyMessage>(options: HandlingOptions<M>) {
  const { queue, handler, log, meters } = options;
  const decode = createDecoder(options.contracts, options.strict);

  const drop = (
    kind: 'malformed' | 'unexpected' | 'invalid',
    from: Delivery<AnyMessage>,
    error: AppError,
  ): Ending => {
    meters[kind === 'unexpected' ? 'unexpected' : 'invalid'](eventOf(from.message));
    log.warn(`${kind} message dropped`, {
      queue,
      routingKey: from.routingKey,
      messageId: from.message['Msg-ID'],
      error: error.message,
      details: error.details,
    });
    // An error about an error could go round for ever.
    if (kind === 'invalid' && from.message['Event-Category'] !== 'error') options.refuse(from, error);
    return { end: 'bad', error };
  };

  return async function handle(incoming: Incoming): Promise<Ending> {
    const json = parse(incoming.body);
    if (json instanceof AppError)
      return drop('malformed', deliveryOf({}, undefined as never, incoming), json);
    const decoded = decode(json);
    if (!decoded.ok && asksForSign(json)) {
      options.giveSign(deliveryOf(json, undefined as never, incoming));
      return done;
    }
    if (!decoded.ok) return drop(decoded.kind, deliveryOf(json, undefined as never, incoming), decoded.error);
    const { contract, unknown } = decoded;
    if (unknown.length > 0) meters.unknownKeys(contract.id, unknown.length);
    const delivery = deliveryOf(json, contract, incoming) as Delivery<M>;
    try {
      const ended = withTrace(parseTraceparent(incoming.headers['traceparent']), () =>
        inSpan(`process ${eventOf(json)}`, spanOf(queue, incoming), () =>
          withLogContext(idsOf(json), () => handler(delivery)),
        ),
      );
      if (ended !== undefined) await ended;
      return done;
    } catch (error) {
      meters.failed(contract.id);
      return { end: 'failed', error };
    }
  };
}

/** What came, as a handler sees it. */
export function deliveryOf<M extends AnyMessage>(
  json: Json,
  contract: M,
  incoming: Incoming,
): Delivery<AnyMessage> {
  return {
    message: json as never,
    contract,
    exchange: incoming.exchange,
    routingKey: incoming.routingKey,
    redelivered: incoming.redelivered,
    replyTo: incoming.replyTo,
    correlationId: incoming.correlationId,
  };
}

/** By OpenTelemetry's conventions for messaging. */
const spanOf = (queue: string, { exchange, routingKey }: Incoming): SpanOptions => ({
  kind: 'consumer',
  attributes: {
    'messaging.system': 'rabbitmq',
    'messaging.destination.name': exchange,
    'messaging.destination.subscription.name': queue,
    'messaging.rabbitmq.destination.routing_key': routingKey,
  },
});

const eventOf = (json: Json): string =>
  typeof json['Event-Name'] === 'string'
    ? `${String(json['Event-Category'])}/${json['Event-Name']}`
    : 'unknown';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const idsOf = (json: Json) => ({
  callId: textOf(json['Call-ID']),
  accountId: textOf(json['Account-ID']),
  requestId: textOf(json['Msg-ID']),
});
