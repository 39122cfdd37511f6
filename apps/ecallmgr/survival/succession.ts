// Looks for who goes on with a call whose controller died or hands over.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '../../../core/amqp/index.ts';
import { isRecord, type MessageFields } from '../../../core/contract/index.ts';
import { errorText, hasCode } from '../../../core/errors/index.ts';
import { usurpControl } from '../../../core/messages/call.ts';
import { resume as resumeMessage } from '../../../core/messages/callflow.ts';
import type { ControlledCall } from '../control/call.ts';
import type { Resume } from './custody.ts';

const offerEvery = 2_000;
const offerFor = 30_000;
const lookEvery = 500;

export interface SuccessionOptions {
  readonly bus: Bus;
  readonly call: ControlledCall;
  readonly resume: Resume | undefined;
  readonly reason: 'dead' | 'hand-over';
  readonly fetchId: () => string;
  /** The call is controlled under another fetch id from now on. */
  readonly onFetchId: (fetchId: string) => void;
  /** Asks anew who takes the call. */
  readonly reroute: () => Promise<void>;
  readonly count: (outcome: 'resumed' | 'rerouted' | 'kept' | 'nobody') => void;
}

export class Succession {
  readonly #options: SuccessionOptions;
  readonly #stopping = new AbortController();
  #offered: string | undefined;

  constructor(options: SuccessionOptions) {
    this.#options = options;
    const run = options.reason === 'dead' ? this.#replace() : this.#handOver();
    run
      .catch((error: unknown) => {
        if (!this.over) this.#log.warn('nobody could be found for a call', { error: errorText(error) });
      })
      .finally(() => this.stop());
  }

  get handsOver(): boolean {
    return this.#options.reason === 'hand-over';
  }

  get over(): boolean {
    return this.#stopping.signal.aborted;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Somebody goes on under this fetch id; false when it was not the one offered last. */
  taken(fetchId: string | undefined): boolean {
    if (fetchId === undefined || fetchId !== this.#offered || this.over) return false;
    this.stop();
    this.#options.count('resumed');
    if (this.handsOver) {
      this.#take(fetchId);
      void this.#usurp(fetchId, 'Hand-Over').catch(() => undefined);
    }
    return true;
  }

  get #log() {
    return this.#options.call.around.log;
  }

  async #replace(): Promise<void> {
    const { call, resume } = this.#options;
    if (!resume) return this.#withoutCheckpoint();
    for (const late = Date.now() + offerFor; Date.now() < late; ) {
      const fetchId = newFetchId();
      this.#take(fetchId);
      await call.around.mayAct();
      if (this.#ended) return;
      // The one before lets go, should it live after all.
      await this.#usurp(fetchId, 'Controller-Gone');
      await this.#offer(resume, fetchId);
      await this.#wait(offerEvery);
    }
    await this.#hangUp('NORMAL_TEMPORARY_FAILURE');
  }

  /** Who knew what to do is gone. Nobody has heard anything yet: it can begin anew. Else it ends, but no talk is cut. */
  async #withoutCheckpoint(): Promise<void> {
    const { call, reroute, count } = this.#options;
    await call.around.mayAct();
    if (this.#ended) return;
    if (call.channel.answered || call.hasOtherLeg) {
      await this.#hangUp(call.hasOtherLeg ? 'NORMAL_CLEARING' : 'NORMAL_TEMPORARY_FAILURE');
      return;
    }
    count('rerouted');
    this.stop();
    await reroute();
  }

  async #hangUp(cause: string): Promise<void> {
    const { call, count } = this.#options;
    while (call.hasOtherLeg && !this.#ended) await this.#wait(lookEvery);
    if (this.#ended) return;
    count('nobody');
    this.#log.warn('a call is hung up: nobody goes on with it', { callId: call.callId, cause });
    await call.api('uuid_kill', cause);
  }

  async #handOver(): Promise<void> {
    const { resume, fetchId, count } = this.#options;
    const fresh = newFetchId();
    if (resume && (await this.#offer(resume, fresh))) await this.#wait(offerEvery);
    if (this.#ended) return;
    this.#offered = undefined;
    count('kept');
    await this.#usurp(fetchId(), 'Nobody-Else');
  }

  /** False when nobody listens. */
  async #offer(resume: Resume, fetchId: string): Promise<boolean> {
    const call = isRecord(resume['Call']) ? resume['Call'] : {};
    const vars = isRecord(call['Custom-Channel-Vars']) ? call['Custom-Channel-Vars'] : {};
    this.#offered = fetchId;
    const body = { ...resume, Call: { ...call, 'Custom-Channel-Vars': { ...vars, 'Fetch-ID': fetchId } } };
    try {
      await this.#options.bus.publish(resumeMessage, body as unknown as MessageFields<typeof resumeMessage>, {
        mandatory: true,
      });
      return true;
    } catch (error) {
      if (hasCode(error, 'nobody_listens') || hasCode(error, 'bus_unreachable')) return false;
      throw error;
    }
  }

  #take(fetchId: string): void {
    const { call, onFetchId } = this.#options;
    onFetchId(fetchId);
    call
      .setVars({ 'Fetch-ID': fetchId })
      .catch((error: unknown) => this.#log.debug('a call could not be marked', { error: errorText(error) }));
  }

  async #usurp(fetchId: string, reason: string): Promise<void> {
    const { bus, call } = this.#options;
    const fields = {
      'Call-ID': call.callId,
      'Fetch-ID': fetchId,
      Reason: reason,
      'Media-Node': call.around.node,
    };
    await bus.publish(usurpControl, fields);
  }

  get #ended(): boolean {
    return this.over || this.#options.call.ended;
  }

  async #wait(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { signal: this.#stopping.signal, ref: false });
  }
}

const newFetchId = (): string => randomBytes(16).toString('hex');
