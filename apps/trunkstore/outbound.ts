// Answers offnet_req: the call of the request is bridged to the number by the plan, and the requester hears how it ended.
import type { Delivery } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import type { CommandFields } from '../../core/calls/index.ts';
import { toAppError } from '../../core/errors/index.ts';
import { type offnetReq, offnetResp } from '../../core/messages/resource.ts';
import { type Outcome, outcomeOf, outcomeOfEnd, tryAttempts } from './attempts.ts';
import type { Calls, TrunkCall } from './calls.ts';
import type { Carriers } from './carriers.ts';
import { texts } from './fields.ts';
import type { OffnetRequest } from './format.ts';
import type { Meters } from './meters.ts';
import { planOffnet } from './plan.ts';
import { stepswitchSetting } from './settings.ts';

export interface OutboundOptions {
  readonly context: AppContext;
  readonly calls: Calls;
  readonly carriers: Carriers;
  readonly meters: Meters;
}

type Answer = Outcome & { readonly message?: string };

/** Does what the request says and answers it. Resolves when the call is over for the carriers; never rejects. */
export async function serveOffnet(
  options: OutboundOptions,
  delivery: Delivery<typeof offnetReq>,
): Promise<void> {
  const { context, meters } = options;
  const { message: request } = delivery;
  const answer = await outcome(options, request).catch((error: unknown): Answer => {
    context.log.error('an outbound call failed', { callId: request['Call-ID'], error: toAppError(error) });
    return { ...outcomeOf('NORMAL_TEMPORARY_FAILURE'), message: toAppError(error).message };
  });
  meters.outbound(answer.cause);
  if (answer.letGo) return;
  const fields = {
    'Response-Message': answer.cause,
    'Response-Code': answer.code,
    'Error-Message': answer.message,
    'Call-ID': request['Call-ID'],
    'Control-Queue': request['Control-Queue'],
    'Resource-Response': answer.event as Record<string, unknown> | undefined,
  };
  await context.bus
    .reply(delivery, offnetResp, fields)
    .catch((error: unknown) =>
      context.log.error('offnet_resp could not be sent', { error: toAppError(error) }),
    );
}

async function outcome(options: OutboundOptions, request: OffnetRequest): Promise<Answer> {
  const { 'Call-ID': callId, 'Control-Queue': controlQueue, 'Account-ID': accountId } = request;
  const type = request['Resource-Type'];
  if (request['Application-Name'] !== 'bridge' || (type !== 'audio' && type !== 'video'))
    return refused(
      'SERVICE_NOT_IMPLEMENTED',
      'sip:501',
      `${request['Application-Name']} of ${type} is not supported`,
    );
  if (callId === undefined || controlQueue === undefined)
    return refused('INVALID_CALL_REFERENCE', 'sip:400', 'a bridge needs Call-ID and Control-Queue');
  return options.calls.run({ callId, controlQueue, accountId }, (call) => connect(options, call, request));
}

const refused = (cause: string, code: string, message: string): Answer => ({ cause, code, message });

async function connect(options: OutboundOptions, call: TrunkCall, request: OffnetRequest): Promise<Answer> {
  const { context, carriers, meters } = options;
  const { log, systemConfig } = context;
  const plan = await planOffnet({ ...context, carriers }, request);
  // The caller may have hung up while the plan was made.
  if (call.endReason) return outcomeOfEnd(call, call.endReason);
  if ('refusal' in plan) {
    log.info('outbound call refused', { number: request['To-DID'], why: plan.refusal.message });
    return plan.refusal;
  }
  const final = new Set(texts(await stepswitchSetting(systemConfig, 'final_causes')));
  log.info('outbound call', { number: request['To-DID'], ways: plan.attempts.map(({ name }) => name) });
  return tryAttempts(call, plan.attempts, {
    fields: bridgeFields(request),
    timeout: request.Timeout,
    final,
    onFailure: ({ name }, { cause }) => {
      meters.failed(name, cause);
      log.info('a carrier did not connect the call', { carrier: name, cause });
    },
  });
}

// What the request says of every leg, under the same names.
const handedOn =
  `Asserted-Identity-Name Asserted-Identity-Number Asserted-Identity-Realm B-Leg-Events Caller-ID-Name Caller-ID-Number
  Custom-Application-Vars Custom-SIP-Headers Enable-T38-Fax Enable-T38-Fax-Request Enable-T38-Gateway
  Enable-T38-Passthrough Force-Fax Hold-Media Ignore-Early-Media Media Outbound-Callee-ID-Name Outbound-Callee-ID-Number
  Privacy-Hide-Name Privacy-Hide-Number Privacy-Method Ringback`
    .split(/\s+/)
    .filter(Boolean);

function bridgeFields(request: OffnetRequest): Partial<CommandFields<'bridge'>> {
  const same = Object.entries(request).filter(([field]) => handedOn.includes(field));
  // Who authorised the calling leg says nothing about the called one.
  const vars = Object.entries(request['Custom-Channel-Vars'] ?? {}).filter(
    ([name]) => !name.startsWith('Authorizing-') && !name.startsWith('Resource-'),
  );
  return {
    ...Object.fromEntries(same),
    ...(vars.length > 0 ? { 'Custom-Channel-Vars': Object.fromEntries(vars) } : {}),
  };
}
