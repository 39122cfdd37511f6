// The route handshake of a parked call: ask who takes it, give it to the first that fits (contract/kapi.md §4).
import { isDeepStrictEqual } from 'node:util';
import type { Bus } from '../../../core/amqp/index.ts';
import type { MessageFields, MessageOf } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { usurpControl } from '../../../core/messages/call.ts';
import { routeReq, type routeResp, routeWin } from '../../../core/messages/route.ts';
import type { ControlledCall } from '../control/call.ts';
import type { Control } from '../control/control.ts';
import { legVariables } from '../dial/rules.ts';
import type { SwitchEvent } from '../freeswitch/index.ts';
import { playable } from '../playing.ts';
import { asApplicationVariables, controlled, controller } from '../variables.ts';
import { type Refusal, refusalFrom } from './refusal.ts';
import { routeRequest } from './request.ts';
import { bridgeRoutes } from './routes.ts';

// A dialplan fetch had to be answered in about 3.5 s: callers, and apps, are used to it.
const routeTimeout = 3_500;
// Who got the question may have been stopped before it could answer: then it is put once more, under the same id.
const askAgainAfter = 1_500;

type RouteAnswer = MessageOf<typeof routeResp>;

/** Finds a controller for the call and starts it. Resolves with a refusal when the call is to be refused. */
export async function routeCall(
  bus: Bus,
  control: Control,
  event: SwitchEvent,
  node: string,
): Promise<Refusal | undefined> {
  const { channel, around } = control.call;
  const request = routeRequest(channel, event, around.switchName);
  // Should no control queue be ready one is made meanwhile: the winner may use it at once.
  const [answer] = await Promise.all([ask(bus, control, request), control.ready()]);
  if (control.call.ended) return undefined;
  switch (answer.Method) {
    case 'park':
      await hand(bus, control, answer, event, node);
      return undefined;
    case 'bridge':
      bridgeRoutes(control, answer.Routes ?? []);
      return undefined;
    case 'error':
      return refusalFrom(answer['Route-Error-Code'], answer['Route-Error-Message']);
    default:
      throw new AppError('not_implemented', {
        message: `route_resp with Method ${answer.Method} is not supported`,
      });
  }
}

async function ask(
  bus: Bus,
  { call, fetchId: messageId }: Control,
  request: MessageFields<typeof routeReq>,
): Promise<RouteAnswer> {
  const again = setTimeout(() => {
    bus
      .publish(routeReq, request, { messageId, serverId: bus.serverId })
      .catch((error: unknown) => call.around.log.debug('the route was not asked for again', { error }));
  }, askAgainAfter);
  try {
    return await bus.request(routeReq, request, { messageId, timeout: routeTimeout, silence: 'allowed' });
  } finally {
    clearTimeout(again);
  }
}

async function hand(
  bus: Bus,
  control: Control,
  answer: RouteAnswer,
  event: SwitchEvent,
  node: string,
): Promise<void> {
  const { call, fetchId } = control;
  const queue = control.tellQueue();
  const winner = answer['Server-ID'];
  if (winner === undefined || winner === '')
    throw new AppError('invalid_message', {
      message: 'the route_resp names no Server-ID to give the call to',
    });
  call.custody.begin(winner);
  prepare(control, answer, winner, queue);
  await bus.send(
    winner,
    routeWin,
    {
      'Call-ID': call.callId,
      'Control-Queue': queue,
      'Custom-Channel-Vars': call.channel.vars,
      'Switch-Hostname': event['FreeSWITCH-Hostname'],
    },
    { messageId: fetchId, mandatory: true },
  );
  await bus.publish(usurpControl, {
    'Call-ID': call.callId,
    'Fetch-ID': fetchId,
    Reason: 'Route-Win',
    'Media-Node': node,
  });
}

/** Sets what the winner wants on the channel. Not awaited: its first command comes behind it. */
function prepare({ call }: Control, answer: RouteAnswer, winner: string, queue: string): void {
  const vars = { ...answer['Custom-Channel-Vars'], 'Control-Queue': queue };
  const fresh = Object.entries(vars).filter(
    ([key, value]) => !isDeepStrictEqual(value, call.channel.vars[key]),
  );
  call.channel.decide(vars);
  const variables = {
    // The request has told the winner what stands on the channel, and most of them tell it back.
    ...legVariables(Object.fromEntries(fresh)),
    ...asApplicationVariables(answer['Custom-Application-Vars']),
    [controlled]: call.callId,
    [controller]: winner,
  };
  const { client, log } = call.around;
  const failed = (error: unknown): void => log.warn('variables of a won call could not be set', { error });
  client.setVariables(call.callId, variables).catch(failed);
  const { 'Ringback-Media': ringback, 'Transfer-Media': transfer } = answer;
  if (ringback ?? transfer) setRingback(call, ringback, transfer).catch(failed);
  if (answer['Pre-Park'] === 'ring_ready') call.prepare('ring_ready', '');
  if (answer['Pre-Park'] === 'answer') call.prepare('answer', '');
}

/** What the caller hears while somebody is rung for him: before the answer, and behind it. */
async function setRingback(call: ControlledCall, ...names: (string | undefined)[]): Promise<void> {
  const [ringback, transfer_ringback] = await Promise.all(names.map((name) => name && playable(call, name)));
  await call.around.client.setVariables(call.callId, { ringback, transfer_ringback });
}
