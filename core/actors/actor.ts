// One actor over nact: a bounded mailbox, supervision of our own, and no message that vanishes.
import { type ActorSystemRef, dispatch, type Ref, spawn, stop as stopRef } from 'nact';
import { AppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import type { ActorMeters } from './meters.ts';
import type { Actor, ActorOptions } from './system.ts';

const defaultMailbox = 1_000;
const defaultHandlerTimeout = 30_000;
const restartWindow = 60_000;

/** The last message of an actor that is asked to stop. */
const stopMark = Symbol('stop');
type Envelope<Message> = Message | typeof stopMark;

export interface Surroundings {
  readonly system: ActorSystemRef;
  readonly log: Logger;
  readonly meters: ActorMeters;
  readonly onGone: (name: string) => void;
}

/**
 * nact runs the messages one after another; everything else is here, because nact's own supervision can leave an
 * actor stuck, and its mailbox neither ends nor tells.
 */
export class SupervisedActor<State, Message> implements Actor<Message> {
  readonly name: string;
  readonly #options: ActorOptions<State, Message>;
  readonly #around: Surroundings;
  readonly #ref: Ref<Envelope<Message>>;
  readonly #limit: number;
  readonly #asks = new Set<(error: AppError) => void>();
  #onGone: (() => void)[] = [];
  #restarts: number[] = [];
  #waiting = 0;
  /** Epoch ms since when the present message is handled; 0 when idle. */
  #busySince = 0;
  #warned = false;
  #phase: 'running' | 'stopping' | 'gone' = 'running';

  /** `serial` is the name inside nact, which takes no `:` and no `@`, and lets anonymous names collide. */
  constructor(options: ActorOptions<State, Message>, serial: string, around: Surroundings) {
    this.name = options.name;
    this.#options = options;
    this.#around = around;
    this.#limit = options.mailbox ?? defaultMailbox;
    this.#ref = spawn(
      around.system,
      (state: State, envelope: Envelope<Message>) => this.#receive(state, envelope),
      serial,
      { initialState: options.initial, onCrash: (_message, _error, context) => context.stop },
    );
  }

  /** Messages that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  send(message: Message): void {
    const { meters, log } = this.#around;
    if (this.#phase !== 'running') {
      meters.deadLetters.inc();
      throw gone(this.name);
    }
    if (this.#waiting >= this.#limit) {
      meters.overloads.inc();
      log.warn('a mailbox is full', { actor: this.name, waiting: this.#waiting });
      throw new AppError('actor_overloaded', {
        message: `${this.#waiting} messages wait for ${this.name} already`,
        details: { actor: this.name },
      });
    }
    this.#waiting += 1;
    dispatch(this.#ref, message);
  }

  ask<Reply>(build: (reply: (value: Reply) => void) => Message, milliseconds: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#asks.delete(fail);
      };
      const fail = (error: unknown): void => {
        end();
        reject(error);
      };
      const timer = setTimeout(() => {
        const message = `${this.name} did not answer within ${milliseconds} ms`;
        fail(new AppError('timeout', { message, details: { actor: this.name } }));
      }, milliseconds);
      this.#asks.add(fail);
      try {
        this.send(
          build((value) => {
            end();
            resolve(value);
          }),
        );
      } catch (error) {
        fail(error);
      }
    });
  }

  async stop(): Promise<void> {
    if (this.#phase === 'running') {
      this.#phase = 'stopping';
      this.#waiting += 1;
      dispatch(this.#ref, stopMark);
    }
    if (this.#phase === 'stopping')
      await new Promise<void>((resolve) => {
        this.#onGone.push(resolve);
      });
  }

  /** Stops now: what waits becomes dead letters. */
  kill(): void {
    if (this.#phase !== 'gone') this.#leave('stopped');
  }

  /** Logs once when the present message takes too long. */
  watch(now: number): void {
    const limit = this.#options.handlerTimeout ?? defaultHandlerTimeout;
    if (limit === 0 || this.#warned || this.#busySince === 0 || now - this.#busySince < limit) return;
    this.#warned = true;
    this.#around.log.warn('an actor takes long over one message', {
      actor: this.name,
      milliseconds: now - this.#busySince,
      waiting: this.#waiting,
    });
  }

  #receive(state: State, envelope: Envelope<Message>): State | Promise<State> {
    this.#waiting -= 1;
    if (envelope === stopMark) {
      this.#leave('stopped');
      return state;
    }
    this.#busySince = Date.now();
    // Most messages are handled without waiting: they are spared the promise.
    try {
      const next = this.#options.behaviour(state, envelope, this);
      if (next instanceof Promise) return this.#finish(state, next);
      this.#busySince = 0;
      return next;
    } catch (error) {
      this.#busySince = 0;
      return this.#crashed(state, error);
    }
  }

  async #finish(state: State, next: Promise<State>): Promise<State> {
    try {
      return await next;
    } catch (error) {
      return this.#crashed(state, error);
    } finally {
      this.#busySince = 0;
      this.#warned = false;
    }
  }

  /** Restarts with the initial state while the limit allows it. */
  #crashed(state: State, error: unknown): State {
    const { log, meters } = this.#around;
    const { restarts = 0, initial } = this.#options;
    if (this.#phase === 'gone') {
      log.warn('what a stopped actor was doing failed', { actor: this.name, error });
      return state;
    }
    meters.crashes.inc();
    const now = Date.now();
    this.#restarts = this.#restarts.filter((at) => now - at < restartWindow);
    if (this.#restarts.length < restarts) {
      this.#restarts.push(now);
      log.error('an actor crashed and starts again', {
        actor: this.name,
        restart: this.#restarts.length,
        error,
      });
      return initial;
    }
    log.error('an actor crashed and is stopped', { actor: this.name, lost: this.#waiting, error });
    this.#leave('crashed', error);
    return state;
  }

  #leave(reason: 'stopped' | 'crashed', error?: unknown): void {
    const { meters, log, onGone } = this.#around;
    const stopWaits = this.#phase === 'stopping' && this.#waiting > 0 ? 1 : 0;
    const lost = this.#waiting - stopWaits;
    this.#phase = 'gone';
    this.#waiting = 0;
    stopRef(this.#ref);
    if (lost > 0) meters.deadLetters.inc({}, lost);
    for (const fail of [...this.#asks]) fail(gone(this.name));
    onGone(this.name);
    try {
      this.#options.onStop?.(reason, error);
    } catch (cause) {
      log.error('onStop of an actor failed', { actor: this.name, error: cause });
    }
    for (const resolve of this.#onGone) resolve();
  }
}

const gone = (name: string) =>
  new AppError('actor_stopped', { message: `${name} has stopped`, details: { actor: name } });
