// The calls that this process runs: one actor each, fed with the call's events, walking its callflow.
import type { Actor } from '../../core/actors/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import type { CallControl, CallMessage } from '../../core/calls/index.ts';
import type { FlowNode } from '../../core/contract/index.ts';
import { accountDatabase } from '../../core/couch/index.ts';
import { AppError, toAppError } from '../../core/errors/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { actions } from './actions/index.ts';
import { Buckets } from './buckets.ts';
import { LiveCall } from './call/live.ts';
import type { CallState } from './call/state.ts';
import { lookUp } from './routing/lookup.ts';
import { type WalkEnd, walk } from './walker.ts';

interface Running {
  readonly live: LiveCall;
  readonly actor: Actor<CallMessage>;
  readonly done: Promise<void>;
}

/** Runs callflows on calls that `control` won. */
export class Calls {
  readonly #context: AppContext;
  readonly #control: CallControl;
  readonly #running = new Map<string, Running>();
  readonly #buckets = new Buckets();

  constructor(context: AppContext, control: CallControl) {
    this.#context = context;
    this.#control = control;
    context.metrics.gauge(
      'callflow_calls',
      'calls whose callflow this process runs',
      () => this.#running.size,
    );
  }

  get size(): number {
    return this.#running.size;
  }

  has(callId: string): boolean {
    return this.#running.has(callId);
  }

  /** Starts `flow` on a call whose events are heard already. A flow that still runs on the same call lets go of it. */
  start(state: CallState, flow: FlowNode | undefined): void {
    this.#running
      .get(state.callId)
      ?.live.end(new AppError('call_lost', { message: 'the call was routed again' }));
    withLogContext({ callId: state.callId, accountId: state.accountId }, () => this.#start(state, flow));
  }

  /** Resolves when every running flow is over. */
  async idle(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** Lets go of every call without hanging it up. */
  release(): void {
    for (const { live } of this.#running.values())
      live.end(new AppError('call_lost', { message: 'this process stops' }));
  }

  #start(state: CallState, flow: FlowNode | undefined): void {
    const { actors, bus, store, systemConfig, log } = this.#context;
    const database = store.database(accountDatabase(state.accountId));
    const findFlow = async (number: string) => {
      const found = await lookUp(database, number, log);
      return found?.flow ? { flow: found.flow, noMatch: found.noMatch } : undefined;
    };
    const live = new LiveCall(state, { bus, database, config: systemConfig, log, findFlow });
    const actor = actors.spawn<LiveCall, CallMessage>({
      name: `callflow:${state.callId}:${state.fetchId}`,
      initial: live,
      behaviour: (call, message) => {
        this.#deliver(call, message);
        return call;
      },
    });
    const call: Running = { live, actor, done: this.#walk(live, flow).then(() => this.#forget(call)) };
    this.#running.set(state.callId, call);
    this.#control.listen(state.callId, (message) => actor.send(message));
  }

  #deliver(live: LiveCall, message: CallMessage): void {
    if (message['Event-Category'] === 'error') live.refuse(message);
    else if (message['Event-Name'] === 'usurp_control') {
      if (message['Fetch-ID'] !== live.state.fetchId)
        live.end(new AppError('call_lost', { message: 'another process took control of the call' }));
    } else if (message['Event-Name'] === 'CHANNEL_TRANSFEREE') {
      live.end(new AppError('call_lost', { message: 'the caller was transferred' }));
    } else live.take(message);
  }

  async #walk(live: LiveCall, flow: FlowNode | undefined): Promise<void> {
    const { log, systemConfig } = this.#context;
    try {
      const maxBranches = await systemConfig.get('callflow', 'max_branch_count', 50);
      const end: WalkEnd = flow
        ? await walk(live, flow, { actions, maxBranches, mayRun: (node) => this.#mayRun(live, node) })
        : { end: 'hangup' };
      log.info('callflow is over', { end: end.end, cause: 'cause' in end ? end.cause : undefined });
      if (end.end === 'hangup' && !live.ended) await live.send('hangup', { 'Hangup-Cause': end.cause });
    } catch (error) {
      log.error('callflow broke off', { error: toAppError(error) });
    }
  }

  /** A node takes tokens only when it says so: from its own bucket, or from its account's. */
  async #mayRun({ state }: LiveCall, node: FlowNode): Promise<boolean> {
    const { pvt_bucket_name: name, pvt_tokens: tokens } = node as {
      pvt_bucket_name?: unknown;
      pvt_tokens?: unknown;
    };
    if (name === undefined && tokens === undefined) return true;
    const { systemConfig } = this.#context;
    const capacity = await systemConfig.get('callflow', 'bucket.capacity', 100);
    const perSecond = await systemConfig.get('callflow', 'bucket.tokens_per_second', 10);
    const bucket = `${state.accountId}/${typeof name === 'string' ? name : 'callflow'}`;
    return this.#buckets.take(bucket, typeof tokens === 'number' ? tokens : 1, { capacity, perSecond });
  }

  async #forget(call: Running): Promise<void> {
    const { callId } = call.live.state;
    const replaced = this.#running.get(callId) !== call;
    if (!replaced) this.#running.delete(callId);
    try {
      await Promise.all([replaced ? undefined : this.#control.release(callId), call.actor.stop()]);
    } catch (error) {
      this.#context.log.warn('cleaning up after a call failed', { callId, error: toAppError(error) });
    }
  }
}
