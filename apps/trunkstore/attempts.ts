// Trying one way after the other to connect a call, until one answers or says what the others would say too.
import type { CallEvent, CommandFields } from '../../core/calls/index.ts';
import { hasCode } from '../../core/errors/index.ts';
import { type BridgeEndpoint, sipStatusOf } from '../../core/telephony/index.ts';
import type { TrunkCall } from './calls.ts';

/** One way to connect a call. */
export interface Attempt {
  /** Id of the carrier, `local`, or what else leads there: for the log and the counter. */
  readonly name: string;
  readonly endpoint: BridgeEndpoint;
}

/** How it ended: `SUCCESS` (answered, and over by now), `TRANSFER`, or a hangup cause. */
export interface Outcome {
  readonly cause: string;
  /** `sip:486` */
  readonly code: string;
  readonly event?: CallEvent;
  /** This process lets go of a call that still rings: whoever gave it the job watches how that ends. */
  readonly letGo?: true;
}

export interface AttemptOptions {
  /** Fields of each bridge beside the endpoint. */
  readonly fields?: Partial<CommandFields<'bridge'>>;
  /** Seconds for all attempts together. */
  readonly timeout?: number | undefined;
  /** Causes after which nothing else is tried. */
  readonly final: ReadonlySet<string>;
  readonly onFailure?: (attempt: Attempt, outcome: Outcome) => void;
}

/**
 * Bridges the call to one endpoint at a time, in order. Resolves when the bridge is over or all failed;
 * rejects only when commands cannot be sent. Without attempts it is NO_ROUTE_DESTINATION.
 */
export async function tryAttempts(
  call: TrunkCall,
  attempts: readonly Attempt[],
  { fields = {}, timeout, final, onFailure }: AttemptOptions,
): Promise<Outcome> {
  const until = timeout === undefined ? undefined : Date.now() + timeout * 1000;
  let last = outcomeOf('NO_ROUTE_DESTINATION');
  for (const attempt of attempts) {
    const left = until === undefined ? undefined : Math.ceil((until - Date.now()) / 1000);
    if (left !== undefined && left <= 0) return outcomeOf('NO_ANSWER');
    last = await bridge(call, { ...fields, Timeout: left, Endpoints: [attempt.endpoint] });
    if (last.cause === 'SUCCESS' || call.ended) return last;
    onFailure?.(attempt, last);
    if (final.has(last.cause)) return last;
  }
  return last;
}

/** The outcome for a cause, with the SIP status it stands for. */
export function outcomeOf(cause: string, event?: CallEvent): Outcome {
  const status = cause === 'SUCCESS' || cause === 'TRANSFER' ? 200 : sipStatusOf(cause);
  return { cause, code: `sip:${status}`, ...(event ? { event } : {}) };
}

async function bridge(call: TrunkCall, fields: CommandFields<'bridge'>): Promise<Outcome> {
  try {
    const event = await call.execute('bridge', { 'Dial-Endpoint-Method': 'single', ...fields });
    const said = event['Application-Response'];
    const cause = typeof said === 'string' && said !== '' ? said : 'NORMAL_TEMPORARY_FAILURE';
    // What was connected has succeeded, whatever it ended with.
    return outcomeOf(call.bridged ? 'SUCCESS' : cause, event);
  } catch (error) {
    if (hasCode(error, 'command_failed')) return outcomeOf('NORMAL_TEMPORARY_FAILURE');
    return outcomeOfEnd(call, error);
  }
}

/** The outcome of a call that ended meanwhile; throws what is no end of a call. */
export function outcomeOfEnd(call: TrunkCall, error: unknown): Outcome {
  if (call.transferred) return outcomeOf('TRANSFER');
  if (hasCode(error, 'call_hung_up')) return outcomeOf(call.bridged ? 'SUCCESS' : 'ORIGINATOR_CANCEL');
  // The switch goes on with the bridge: what is queued behind it runs when it is over.
  if (hasCode(error, 'call_lost') && call.bridged) return outcomeOf('SUCCESS');
  if (hasCode(error, 'call_lost')) return { ...outcomeOf('NORMAL_TEMPORARY_FAILURE'), letGo: true };
  throw error;
}
