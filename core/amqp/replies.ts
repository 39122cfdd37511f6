// The answers a process waits for, by Msg-ID: one reply queue serves every request.
import type { AnyMessage } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import { carriedError, createDecoder, type Decoded, type Json } from './envelope.ts';
import type { Meters } from './meters.ts';

/** A request that waits. */
export interface Wait {
  readonly contract: AnyMessage;
  readonly messageId: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** The error of a wait that ended in silence. */
  readonly onSilence: () => AppError;
}

/** How a kind of wait takes what happens to it; each answers true when the wait is over. */
interface Waiting {
  readonly contract: AnyMessage;
  answer(message: Json): boolean;
  /** An answer that does not fit its contract: another may still come. */
  misfit(error: AppError): boolean;
  fail(error: AppError): boolean;
  silence(): void;
  timer?: NodeJS.Timeout;
}

export interface Replies {
  /** The first good answer; a deferred one when nothing better comes in time. */
  first(wait: Wait): Promise<Json>;
  /** What comes until `count` or the timeout. */
  collect(wait: Wait, count: number): Promise<Json[]>;
  receive(json: Json, correlationId: string | undefined): void;
  /** Its message came back: no queue is bound for it. */
  returned(messageId: string): void;
  /** Ends one wait that could not be sent. */
  fail(messageId: string, error: AppError): void;
  failAll(error: AppError): void;
}

export function createReplies(log: Logger, meters: Meters, strict: boolean): Replies {
  const pending = new Map<string, Waiting>();
  const decode = decoding(strict);

  const add = ({ messageId, timeout, contract }: Wait, waiting: Waiting): void => {
    if (pending.has(messageId))
      throw new AppError('invalid_message', {
        message: `${contract.id}: a request with Msg-ID ${messageId} waits for its answer already`,
      });
    pending.set(messageId, waiting);
    waiting.timer = setTimeout(() => {
      pending.delete(messageId);
      waiting.silence();
    }, timeout);
  };
  const remove = (messageId: string, waiting: Waiting): void => {
    clearTimeout(waiting.timer);
    pending.delete(messageId);
  };
  const fail = (messageId: string, error: AppError): void => {
    const waiting = pending.get(messageId);
    if (waiting?.fail(error)) remove(messageId, waiting);
  };

  /** Gives an answer to the one who waits; true when the wait is over. */
  const give = (waiting: Waiting, json: Json): boolean => {
    const { contract } = waiting;
    const decoded = decode(contract, json);
    if (decoded.ok) {
      if (decoded.unknown.length > 0) meters.unknownKeys(decoded.contract.id, decoded.unknown.length);
      return waiting.answer(json);
    }
    const carried = decoded.kind === 'unexpected' ? carriedError(json) : undefined;
    if (carried) return waiting.fail(carried);
    meters[decoded.kind === 'unexpected' ? 'unexpected' : 'invalid'](contract.id);
    log.warn('an answer does not fit its contract', { contract: contract.id, error: decoded.error });
    return waiting.misfit(decoded.error);
  };

  return {
    first: (wait) => new Promise((resolve, reject) => add(wait, waitForFirst(wait, resolve, reject))),
    collect: (wait, count) =>
      new Promise((resolve, reject) => add(wait, waitForMany(wait, count, resolve, reject))),
    receive: (json, correlationId) => {
      const own = String(json['Msg-ID']);
      const messageId = pending.has(own) ? own : (correlationId ?? own);
      const waiting = pending.get(messageId);
      if (!waiting) meters.late(`${String(json['Event-Category'])}/${String(json['Event-Name'])}`);
      else if (give(waiting, json)) remove(messageId, waiting);
    },
    returned: (messageId) => {
      const contract = pending.get(messageId)?.contract.id;
      const details = { contract, messageId };
      fail(messageId, new AppError('nobody_listens', { message: `nobody listens for ${contract}`, details }));
    },
    fail,
    failAll: (error) => {
      for (const messageId of [...pending.keys()]) fail(messageId, error);
    },
  };
}

/** Decodes an answer to a request of this contract; the decoders are made once. */
function decoding(strict: boolean) {
  const decoders = new WeakMap<AnyMessage, (json: Json) => Decoded<AnyMessage>>();
  return (contract: AnyMessage, json: Json): Decoded<AnyMessage> => {
    let decode = decoders.get(contract);
    if (!decode) {
      decode = createDecoder(contract.answers as readonly AnyMessage[], strict);
      decoders.set(contract, decode);
    }
    return decode(json);
  };
}

function waitForFirst(
  { contract, onSilence }: Wait,
  resolve: (message: Json) => void,
  reject: (error: AppError) => void,
): Waiting {
  let deferred: Json | undefined;
  let misfit: AppError | undefined;
  return {
    contract,
    answer: (message) => {
      if (message['Defer-Response'] === true) {
        deferred ??= message;
        return false;
      }
      resolve(message);
      return true;
    },
    misfit: (error) => {
      misfit ??= error;
      return false;
    },
    fail: (error) => {
      reject(error);
      return true;
    },
    silence: () => (deferred ? resolve(deferred) : reject(misfit ?? onSilence())),
  };
}

function waitForMany(
  { contract }: Wait,
  count: number,
  resolve: (messages: Json[]) => void,
  reject: (error: AppError) => void,
): Waiting {
  const answers: Json[] = [];
  return {
    contract,
    answer: (message) => {
      if (answers.push(message) < count) return false;
      resolve(answers);
      return true;
    },
    misfit: () => false,
    fail: (error) => {
      // Nobody listening is an empty collection, not an error.
      if (error.code === 'nobody_listens') resolve(answers);
      else reject(error);
      return true;
    },
    silence: () => resolve(answers),
  };
}
