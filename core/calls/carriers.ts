// Giving a controlled call to the carriers, and noticing when whoever took the job has died.
import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '../amqp/index.ts';
import type { MessageFields, MessageOf } from '../contract/index.ts';
import { AppError, hasCode } from '../errors/index.ts';
import { offnetReq, type offnetResp } from '../messages/resource.ts';
import type { CallEvent, ControlledCall } from './controlled-call.ts';

export type CarrierJob = Omit<MessageFields<typeof offnetReq>, 'Call-ID' | 'Control-Queue'>;
export type CarrierAnswer = Pick<
  MessageOf<typeof offnetResp>,
  'Response-Message' | 'Response-Code' | 'Error-Message'
>;

export interface CarrierOptions {
  /** The job was given away by a process that has died since: it is watched first, and asked for again only when nobody does it. */
  readonly underWay?: boolean;
  /** Milliseconds in which whoever has the job must let the call do something; default 4000. */
  readonly patience?: number;
}

// A carrier may bill a call of a day in one piece.
const longestCall = 24 * 3600_000;
const tries = 3;
// Who has connected the call has nothing to do at its end but to answer.
const patienceAtEnd = 1_000;

/**
 * Has the call bridged to a number by carriers and resolves with how that ended: `SUCCESS` when it was connected. When
 * the process that took the job dies, a call that is connected goes on and its end is noticed; a job of which nothing
 * was begun is given to another process; else the last failure is the answer. Rejects when the call ends first.
 */
export async function giveToCarriers(
  bus: Bus,
  call: ControlledCall,
  job: CarrierJob,
  { underWay = false, patience = 4_000 }: CarrierOptions = {},
): Promise<CarrierAnswer> {
  if (call.endReason) throw call.endReason;
  call.lastBridge = undefined;
  if (!underWay) call.bridged = false;
  let answer = underWay ? answerOf(call, await abandoned(call, patience, call.over)) : undefined;
  let contested = underWay;
  for (let attempt = 1; !answer && attempt <= tries; attempt += 1) {
    if (contested) await flush(call);
    answer = await ask(bus, call, job, patience);
    contested ||= !answer;
  }
  if (contested) await flush(call);
  return answer ?? { 'Response-Message': 'NORMAL_TEMPORARY_FAILURE', 'Error-Message': 'nobody does the job' };
}

// What one that was taken for dead and was not may have queued is void: it must not ring anybody behind our back.
async function flush(call: ControlledCall): Promise<void> {
  await call.execute('noop', { 'Insert-At': 'flush' });
}

/** One request. Undefined when nobody began anything. */
async function ask(
  bus: Bus,
  call: ControlledCall,
  job: CarrierJob,
  patience: number,
): Promise<CarrierAnswer | undefined> {
  const done = new AbortController();
  const signal = AbortSignal.any([call.over, done.signal]);
  const request = { ...job, 'Call-ID': call.callId, 'Control-Queue': call.controlQueue };
  try {
    return await Promise.race([
      bus.request(offnetReq, request as MessageFields<typeof offnetReq>, { timeout: longestCall, signal }),
      abandoned(call, patience, signal).then((event) => answerOf(call, event)),
    ]);
  } catch (error) {
    if (!hasCode(error, 'nobody_listens')) throw error;
    await wait(patienceAtEnd, undefined, { signal: call.over }).catch(() => undefined);
    if (call.endReason) throw call.endReason;
    return undefined;
  } finally {
    done.abort(new AppError('stopping', { message: 'the job is over' }));
  }
}

/**
 * Resolves when nothing was commanded to the call for so long that nobody can be at work on it, with the end of the last bridge.
 * A command waits behind what runs: a `noop` that is done at once says that nothing does.
 */
async function abandoned(
  call: ControlledCall,
  patience: number,
  signal: AbortSignal,
): Promise<CallEvent | undefined> {
  let quietSince = performance.now();
  let refused = 0;
  for (;;) {
    const limit = call.bridged && call.lastBridge ? Math.min(patience, patienceAtEnd) : patience;
    const left = Math.max(quietSince, call.lastBridge?.at ?? 0) + limit - performance.now();
    if (left > 0) await wait(left, undefined, { signal }).catch(() => undefined);
    else {
      const asked = performance.now();
      const before = call.lastBridge;
      await call.execute('noop', {}).catch((error: unknown) => {
        // Somebody may have emptied the queue; but not again and again.
        refused += 1;
        if (!hasCode(error, 'command_failed') || refused > 2) throw error;
      });
      const answered = performance.now();
      if (call.lastBridge === before && answered - asked < limit / 2) return before?.event;
      quietSince = answered;
    }
    signal.throwIfAborted();
  }
}

function answerOf(call: ControlledCall, event: CallEvent | undefined): CarrierAnswer | undefined {
  if (call.bridged) return { 'Response-Message': 'SUCCESS' };
  if (!event) return undefined;
  const said = event['Application-Response'];
  return {
    'Response-Message': typeof said === 'string' && said !== '' ? said : 'NORMAL_TEMPORARY_FAILURE',
    ...(event['Hangup-Code'] === undefined ? {} : { 'Response-Code': event['Hangup-Code'] }),
  };
}
