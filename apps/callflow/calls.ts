// The calls that this process runs: one actor each, fed with the call's events, walking its callflow.
import type { Actor } from '../../core/actors/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import type { CallMessage, Hearing } from '../../core/calls/index.ts';
import type { FlowNode } from '../../core/contract/index.ts';
import { accountDatabase } from '../../core/couch/index.ts';
import { toAppError } from '../../core/errors/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { actions } from './actions/index.ts';
import { Buckets } from './buckets.ts';
import { LiveCall } from './call/live.ts';
import type { Position, Standing } from './call/standing.ts';
import type { CallState } from './call/state.ts';
import { lookUp } from './routing/lookup.ts';
import { type WalkEnd, walk } from './walker.ts';

interface Running {
  readonly live: LiveCall;
  readonly hearing: Hearing;
  readonly actor: Actor<CallMessage>;
}

/** Runs callflows on calls that `control` won. */
export class Calls {
  readonly #context: AppContext;
  readonly #running = new Map<string, Running>();
  readonly #work = new Set<Promise<void>>();
  readonly #buckets = new Buckets();
  #stopped = false;
  #spawned = 0;

  constructor(context: AppContext) {
    this.#context = context;
    context.metrics.gauge(
      'callflow_calls',
      'calls whose callflow this process runs',
      () => this.#running.size,
    );
  }

  get size(): number {
    return this.#running.size;
  }

  /** The fetch id under which a call runs here. */
  fetchIdOf(callId: string): string | undefined {
    return this.#running.get(callId)?.live.fetchId;
  }

  /** Starts a flow where it stands on a call. A flow that still runs on the same call lets go of it. */
  start(state: CallState, hearing: Hearing, standing: Standing | undefined): void {
    this.#running.get(state.callId)?.live.release('the call was routed again');
    withLogContext({ callId: state.callId, accountId: state.accountId }, () =>
      this.#start(state, hearing, standing),
    );
  }

  /** Resolves when every running flow is over. */
  async idle(): Promise<void> {
    // A call that comes back begins anew.
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  /** Hands every call over to another process; those that nobody takes go on here. Resolves when that is known. */
  async handOver(): Promise<void> {
    const calls = [...this.#running.values()];
    for (const { live } of calls) live.handOver();
    await Promise.all(calls.map(({ live }) => live.fate));
  }

  /** Lets go of every call without hanging it up. */
  release(): void {
    this.#stopped = true;
    for (const { live } of this.#running.values()) live.release('this process stops');
  }

  #start(state: CallState, hearing: Hearing, standing: Standing | undefined): void {
    const { actors, bus, store, systemConfig, log } = this.#context;
    const database = store.database(accountDatabase(state.accountId));
    const findFlow = async (number: string) => {
      const found = await lookUp(database, number, log);
      return found?.flow ? { flow: found.flow, noMatch: found.noMatch } : undefined;
    };
    const live = new LiveCall(state, { bus, database, config: systemConfig, log, findFlow });
    const actor = actors.spawn<LiveCall, CallMessage>({
      name: `callflow:${state.callId}:${state.fetchId}:${++this.#spawned}`,
      initial: live,
      behaviour: (call, message) => {
        call.hear(message);
        this.#follow(call);
        return call;
      },
    });
    const call: Running = { live, hearing, actor };
    this.#running.set(state.callId, call);
    // The switch side knows from here on who has the call, and how to go on without us.
    if (standing) live.reach({ ...standing, begun: true }, standing.note);
    const work = this.#walk(live, standing)
      .then(() => this.#over(call))
      .finally(() => this.#work.delete(work));
    this.#work.add(work);
    hearing.listen(
      (message) => actor.send(message),
      () => live.sendAgain(),
    );
  }

  /** A call that another leg has replaced is known by that one's id. */
  #follow(live: LiveCall): void {
    if (this.#running.get(live.callId)?.live === live) return;
    for (const [callId, call] of this.#running) {
      if (call.live !== live) continue;
      this.#running.delete(callId);
      this.#running.set(live.callId, call);
      return;
    }
  }

  async #walk(live: LiveCall, standing: Standing | undefined): Promise<void> {
    const { log, systemConfig } = this.#context;
    try {
      const maxBranches = await systemConfig.get('callflow', 'max_branch_count', 50);
      const end: WalkEnd = standing ? await this.#walkFrom(live, standing, maxBranches) : { end: 'hangup' };
      log.info('callflow is over', { end: end.end, cause: 'cause' in end ? end.cause : undefined });
      if (end.end === 'hangup' && !live.ended) await live.send('hangup', { 'Hangup-Cause': end.cause });
    } catch (error) {
      log.error('callflow broke off', { error: toAppError(error) });
      await this.#hangUp(live);
    }
  }

  /** Nobody else would: for the switch side we control the call. */
  async #hangUp(live: LiveCall): Promise<void> {
    if (live.ended) return;
    await live
      .send('hangup', { 'Hangup-Cause': 'NORMAL_TEMPORARY_FAILURE' })
      .catch((error: unknown) => this.#context.log.error('a call could not be hung up', { error }));
  }

  async #walkFrom(live: LiveCall, standing: Standing, maxBranches: number): Promise<WalkEnd> {
    // What the process before this one had queued is void, but for a bridge: the action that began it awaits its end.
    if (standing.begun && standing.note?.['Bridge'] === undefined)
      await live.execute('noop', { 'Insert-At': 'flush' }, 10_000);
    const onNode = (position: Position): void => {
      if (position.flow !== standing.flow) live.reach(position);
    };
    return walk(live, standing, { actions, maxBranches, onNode, mayRun: (node) => this.#mayRun(live, node) });
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

  /** The walk is over: the call is forgotten, unless it was handed over and came back. */
  async #over(call: Running): Promise<void> {
    const { live, hearing, actor } = call;
    const back = (await live.fate) === 'kept' && !this.#stopped;
    const { callId, state, standing } = live;
    const current = this.#running.get(live.callId) === call;
    if (current) this.#running.delete(live.callId);
    // An actor that stops takes nothing more; if the call comes back, its next one does.
    hearing.pause();
    try {
      await actor.stop();
      if (back && current) {
        this.#context.log.info('nobody took the call; it goes on here', { callId });
        this.#start(state, hearing, standing);
      } else await hearing.release();
    } catch (error) {
      this.#context.log.warn('cleaning up after a call failed', { callId, error: toAppError(error) });
    }
  }
}
