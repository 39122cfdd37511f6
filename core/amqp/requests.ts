// Requests: published with a deadline, their answers awaited, their targets given a rest when they never answer.
import type { AnyMessage, MessageFields } from '../contract/index.ts';
import { AppError, hasCode, toAppError } from '../errors/index.ts';
import { addressOf } from './addresses.ts';
import { type Breakers, createBreakers } from './breaker.ts';
import type { CollectOptions, RequestOptions } from './bus.ts';
import type { Encoder, Json } from './envelope.ts';
import type { Meters } from './meters.ts';
import type { Replies, Wait } from './replies.ts';
import { currentTrace } from './trace.ts';
import type { Transport, TransportConsumer } from './transport.ts';

const defaultTimeout = 2_000;

export interface RequestsOptions {
  readonly transport: Transport;
  readonly encode: Encoder;
  readonly replies: Replies;
  readonly meters: Meters;
  readonly serverId: string;
  /** The consumer of the answers. */
  readonly listening: Promise<TransportConsumer>;
}

export interface Requests {
  request(contract: AnyMessage, fields: object, options?: RequestOptions): Promise<Json>;
  collect(contract: AnyMessage, fields: object, options?: CollectOptions): Promise<Json[]>;
  readonly breakers: Breakers;
}

/** Makes `request` and `collect` of a bus. */
export function createRequests(options: RequestsOptions): Requests {
  const { transport, encode, replies, meters, serverId } = options;
  const breakers = createBreakers();
  let listener: TransportConsumer | undefined;
  // Not before answers can come: an answer to a queue that is away is lost.
  const whenListening = async (publish: () => Promise<void>): Promise<void> => {
    listener = await options.listening;
    await listener.ready();
    await publish();
  };

  /** Publishes and waits by `wait`; whatever goes wrong on the way ends the wait. */
  const ask = <T>(
    contract: AnyMessage,
    fields: object,
    given: RequestOptions,
    wait: (wait: Wait) => Promise<T>,
  ): Promise<T> => {
    const stamp = { messageId: given.messageId, serverId };
    const { body, message, messageId } = encode(contract, fields as MessageFields<AnyMessage>, stamp);
    const timeout = given.timeout ?? defaultTimeout;
    const { exchange, key } = addressOf(contract, message, given.target);
    let written = false;
    const onSilence = () =>
      new AppError(written ? 'request_timeout' : 'bus_unreachable', {
        message: `${contract.id} to ${exchange}/${key} ${
          written ? 'was not answered' : 'could not be sent'
        } within ${timeout} ms`,
        details: { contract: contract.id, messageId, timeout },
      });
    const answer = wait({ contract, messageId, timeout, onSilence });
    const deadline = Date.now() + timeout;
    const traceparent = currentTrace();
    const headers = traceparent === undefined ? undefined : { traceparent };
    const publish = () =>
      transport.publish({ exchange, key, body, messageId, headers, mandatory: true, deadline });
    const published = listener?.isReady ? publish() : whenListening(publish);
    published.then(
      () => {
        written = true;
      },
      (error: unknown) => replies.fail(messageId, toAppError(error)),
    );
    return answer;
  };

  return {
    breakers,
    request: async (contract, fields, given = {}) => {
      const target = given.target === undefined ? contract.id : `${contract.id} to ${given.target}`;
      breakers.enter(target);
      const start = performance.now();
      try {
        const answer = await ask(contract, fields, given, replies.first);
        meters.answered(contract.id, performance.now() - start);
        breakers.succeeded(target);
        return answer;
      } catch (error) {
        if (hasCode(error, 'nobody_listens')) meters.returned(contract.id);
        if (hasCode(error, 'request_timeout')) {
          meters.timedOut(contract.id);
          breakers.failed(target);
        } else breakers.skipped(target);
        throw error;
      }
    },
    collect: async (contract, fields, given = {}) => {
      const count = given.count ?? Number.POSITIVE_INFINITY;
      return ask(contract, fields, given, (wait) => replies.collect(wait, count));
    },
  };
}
