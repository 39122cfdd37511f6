// Requests: published with a deadline, their answers awaited, their targets given a rest when they never answer.
import { setTimeout as pause } from 'node:timers/promises';
import type { AnyMessage, MessageFields } from '../contract/index.ts';
import { hasCode, toAppError } from '../errors/index.ts';
import { currentTraceparent, inSpan } from '../trace/index.ts';
import { addressOf } from './addresses.ts';
import { type Breakers, createBreakers } from './breaker.ts';
import type { CollectOptions, RequestOptions } from './bus.ts';
import type { Encoder, Json } from './envelope.ts';
import type { Meters } from './meters.ts';
import type { Replies, Wait } from './replies.ts';
import type { Outgoing, Transport, TransportConsumer } from './transport.ts';

const defaultTimeout = 2_000;
// When a broker has been away all come back to it within seconds, and in no order.
const returning = 6_000;
const askAgainAfter = 200;

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

  /** Publishes a request; whatever goes wrong on the way ends its wait. */
  const send = async (wait: Wait, outgoing: Outgoing): Promise<void> => {
    try {
      // Not before answers can come: an answer to a queue that is away is lost.
      if (!listener?.isReady) {
        listener = await options.listening;
        await listener.ready();
      }
      await transport.publish(outgoing);
      wait.written = true;
    } catch (error) {
      replies.fail(wait.messageId, toAppError(error));
    }
  };

  const ask = <T>(
    contract: AnyMessage,
    fields: object,
    given: RequestOptions,
    answers: (wait: Wait) => Promise<T>,
  ): Promise<T> => {
    const stamp = { messageId: given.messageId, serverId };
    const { body, message, messageId } = encode(contract, fields as MessageFields<AnyMessage>, stamp);
    const { exchange, key } = addressOf(contract, message, given.target);
    const timeout = given.timeout ?? defaultTimeout;
    const wait = { contract, messageId, timeout, where: `${exchange}/${key}`, written: false };
    const answer = answers(wait);
    const traceparent = currentTraceparent();
    const headers = traceparent === undefined ? undefined : { traceparent };
    const deadline = Date.now() + timeout;
    void send(wait, { exchange, key, body, messageId, headers, mandatory: true, deadline });
    return given.signal ? untilAborted(answer, messageId, given.signal) : answer;
  };

  /** Who has just come back to the broker does not believe that nobody listens. */
  const askFirst = async (contract: AnyMessage, fields: object, given: RequestOptions): Promise<Json> => {
    const deadline = performance.now() + (given.timeout ?? defaultTimeout);
    for (;;) {
      const timeout = Math.max(1, deadline - performance.now());
      try {
        return await ask(contract, fields, { ...given, timeout }, replies.first);
      } catch (error) {
        const now = performance.now();
        const late = now + askAgainAfter > deadline || now - transport.status().backSince > returning;
        if (late || !hasCode(error, 'nobody_listens')) throw error;
        await pause(askAgainAfter, undefined, given.signal ? { signal: given.signal } : {});
      }
    }
  };

  const untilAborted = async <T>(answer: Promise<T>, messageId: string, signal: AbortSignal): Promise<T> => {
    const stop = (): void => replies.fail(messageId, toAppError(signal.reason));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      return await answer;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };

  return {
    breakers,
    request: async (contract, fields, given = {}) => {
      const target = given.target === undefined ? contract.id : `${contract.id} to ${given.target}`;
      breakers.enter(target);
      const start = performance.now();
      try {
        const answer = await inSpan(`request ${contract.id}`, { kind: 'client' }, () =>
          askFirst(contract, fields, given),
        );
        meters.answered(contract.id, performance.now() - start);
        breakers.succeeded(target);
        return answer;
      } catch (error) {
        if (hasCode(error, 'nobody_listens')) meters.returned(contract.id);
        if (hasCode(error, 'request_timeout')) {
          meters.timedOut(contract.id);
          breakers[given.silence === 'allowed' ? 'skipped' : 'failed'](target);
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
