// The route handshake for the calls of PBXs, in both directions, and how a call that was won is ended.
import type { RouteRequest } from '../../core/calls/index.ts';
import { hasCode, toAppError } from '../../core/errors/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { routeResp } from '../../core/messages/route.ts';
import type { Outcome } from './attempts.ts';
import type { TrunkCall } from './calls.ts';
import { text } from './fields.ts';
import { inboundJob } from './trunk-inbound.ts';
import type { TrunkJob, TrunkOptions } from './trunk-job.ts';
import { outboundJob } from './trunk-outbound.ts';

/** Answers a route request of an account when it is a call of a PBX, or to one. Never rejects. */
export async function serveTrunk(options: TrunkOptions, delivery: RouteRequest): Promise<void> {
  const { message } = delivery;
  const accountId = text(message['Custom-Channel-Vars']?.['Account-ID']);
  if (accountId === undefined) return;
  const { log } = options.context;
  await withLogContext({ callId: message['Call-ID'], accountId }, async () => {
    try {
      const job = await jobFor(options, delivery, accountId);
      if (job && 'refuse' in job) await refuse(options, delivery, job.refuse);
      else if (job) await take(options, delivery, job, accountId);
    } catch (error) {
      log.error('a call of a PBX could not be routed', { error: toAppError(error) });
    }
  });
}

function jobFor(options: TrunkOptions, { message }: RouteRequest, accountId: string) {
  const type = message['Custom-Channel-Vars']?.['Authorizing-Type'];
  if (type === 'sys_info') return outboundJob(options, message, accountId);
  return type === 'resource' ? inboundJob(options, message, accountId) : undefined;
}

function refuse(
  { context }: TrunkOptions,
  delivery: RouteRequest,
  { code, text: reason }: { readonly code: number; readonly text: string },
): Promise<void> {
  const answer = { Method: 'error' as const, 'Route-Error-Code': code, 'Route-Error-Message': reason };
  return context.bus.reply(delivery, routeResp, answer);
}

type Work = Exclude<TrunkJob, { readonly refuse: unknown }>;

/** Offers to take the call; once it is won the work goes on by itself. */
async function take(
  options: TrunkOptions,
  delivery: RouteRequest,
  { direction, work }: Work,
  accountId: string,
): Promise<void> {
  const { control, calls, meters, context } = options;
  const vars = delivery.message['Custom-Channel-Vars'];
  // ecallmgr learns here whose call it is: a carrier's request came to it without an account.
  const won = await control.offer(delivery, vars ? { 'Custom-Channel-Vars': vars } : {});
  if (!won) return;
  const { win, hearing } = won;
  const named = { callId: win['Call-ID'], controlQueue: win['Control-Queue'], fetchId: hearing.fetchId };
  const identity = { ...named, hearing, accountId };
  calls
    .run(identity, async (call) => {
      const outcome = await work(call);
      meters.trunk(direction, outcome.cause);
      context.log.info('a call of a PBX is over', { direction, cause: outcome.cause });
      await finish(call, outcome);
    })
    .catch((error: unknown) => {
      if (!hasCode(error, 'call_hung_up') && !hasCode(error, 'call_lost'))
        context.log.error('a call of a PBX broke off', { callId: identity.callId, error: toAppError(error) });
    });
}

/** Hangs up after a connected call; refuses the caller of one that was not, as the other side refused it. */
async function finish(call: TrunkCall, { cause, code }: Outcome): Promise<void> {
  if (call.ended || cause === 'TRANSFER') return;
  if (cause === 'SUCCESS') await call.send('hangup', {});
  else if (call.answered) await call.send('hangup', { 'Hangup-Cause': cause });
  else await call.send('respond', { 'Response-Code': Number(/\d{3}$/.exec(code)?.[0] ?? 480) });
}
