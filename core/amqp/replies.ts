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
  /** `exchange/key`, for errors. */
  readonly where: string;
  /** Whether it has left the process. */
  written: boolean;
}

/** How a kind of wait takes what happens to it; each answers true when the wait is over. */
interface Waiting {
  readonly wait: Wait;
  timer?: NodeJS.Timeout;
  answer(message: Json): boolean;
  /** An answer that does not fit its contract: another may still come. */
  misfit(error: AppError): boolean;
  fail(error: AppError): boolean;
  silence(): void;
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

  const expire = (messageId: string): void => {
    const waiting = pending.get(messageId);
    pending.delete(messageId);
    waiting?.silence();
  };
  const add = (waiting: Waiting): void => {
    const { messageId, timeout, contract } = waiting.wait;
    if (pending.has(messageId))
      throw new AppError('invalid_message', {
        message: `${contract.id}: a request with Msg-ID ${messageId} waits for its answer already`,
      });
    pending.set(messageId, waiting);
    waiting.timer = setTimeout(expire, timeout, messageId);
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
    const { contract } = waiting.wait;
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
    first: (wait) => new Promise((resolve, reject) => add(new FirstAnswer(wait, resolve, reject))),
    collect: (wait, count) =>
      new Promise((resolve, reject) => add(new ManyAnswers(wait, count, resolve, reject))),
    receive: (json, correlationId) => {
      const own = String(json['Msg-ID']);
      const messageId = pending.has(own) ? own : (correlationId ?? own);
      const waiting = pending.get(messageId);
      if (!waiting) meters.late(`${String(json['Event-Category'])}/${String(json['Event-Name'])}`);
      else if (give(waiting, json)) remove(messageId, waiting);
    },
    returned: (messageId) => {
      const contract = pending.get(messageId)?.wait.contract.id;
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

// Classes, not closures: one of these is made per request.
class FirstAnswer implements Waiting {
  readonly wait: Wait;
  timer?: NodeJS.Timeout;
  readonly #resolve: (message: Json) => void;
  readonly #reject: (error: AppError) => void;
  #deferred: Json | undefined;
  #misfit: AppError | undefined;

  constructor(wait: Wait, resolve: (message: Json) => void, reject: (error: AppError) => void) {
    this.wait = wait;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  answer(message: Json): boolean {
    if (message['Defer-Response'] === true) {
      this.#deferred ??= message;
      return false;
    }
    this.#resolve(message);
    return true;
  }

  misfit(error: AppError): boolean {
    this.#misfit ??= error;
    return false;
  }

  fail(error: AppError): boolean {
    this.#reject(error);
    return true;
  }

  silence(): void {
    if (this.#deferred) this.#resolve(this.#deferred);
    else this.#reject(this.#misfit ?? silenceOf(this.wait));
  }
}

class ManyAnswers implements Waiting {
  readonly wait: Wait;
  timer?: NodeJS.Timeout;
  readonly #count: number;
  readonly #resolve: (messages: Json[]) => void;
  readonly #reject: (error: AppError) => void;
  readonly #answers: Json[] = [];

  constructor(
    wait: Wait,
    count: number,
    resolve: (messages: Json[]) => void,
    reject: (error: AppError) => void,
  ) {
    this.wait = wait;
    this.#count = count;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  answer(message: Json): boolean {
    if (this.#answers.push(message) < this.#count) return false;
    this.#resolve(this.#answers);
    return true;
  }

  misfit(): boolean {
    return false;
  }

  fail(error: AppError): boolean {
    // Nobody listening is an empty collection, not an error.
    if (error.code === 'nobody_listens') this.#resolve(this.#answers);
    else this.#reject(error);
    return true;
  }

  silence(): void {
    this.#resolve(this.#answers);
  }
}

function silenceOf({ contract, messageId, timeout, where, written }: Wait): AppError {
  const what = written ? 'was not answered' : 'could not be sent';
  return new AppError(written ? 'request_timeout' : 'bus_unreachable', {
    message: `${contract.id} to ${where} ${what} within ${timeout} ms`,
    details: { contract: contract.id, messageId, timeout },
  });
}
