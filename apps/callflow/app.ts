// callflow: takes calls to an account's numbers and does what its callflow documents say.
import type { Delivery } from '../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import type { FlowNode } from '../../core/contract/index.ts';
import { getAt } from '../../core/contract/index.ts';
import { accountDatabase } from '../../core/couch/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { callEvent, usurpControl } from '../../core/messages/call.ts';
import { resume } from '../../core/messages/callflow.ts';
import { dialplanError } from '../../core/messages/dialplan.ts';
import { routeReq, routeWin } from '../../core/messages/route.ts';
import { fromCallJson } from './call/resume.ts';
import { newCallState, userOf } from './call/state.ts';
import { Calls } from './calls.ts';
import { flowToRun } from './routing/flow.ts';
import { Handshakes, offer, type RouteRequest } from './routing/handshake.ts';
import { lookUp } from './routing/lookup.ts';
import { isServed, mayUse } from './routing/permission.ts';

/** The callflow app. */
export const callflow: App = { name: 'callflow', start };

async function start(context: AppContext): Promise<RunningApp> {
  const { bus, log } = context;
  const handshakes = new Handshakes();
  const events = await bus.consume(
    { bindings: [], contracts: [callEvent, dialplanError, usurpControl, routeWin] },
    ({ message }) => {
      if (message['Event-Name'] === 'route_win') handshakes.won(message);
      else calls.take(message);
    },
  );
  const calls = new Calls(context, () => events);
  const requests = await bus.consume(
    {
      queue: 'callflow_route_0',
      bindings: [
        { exchange: 'callmgr', key: 'route.req.audio.*' },
        { exchange: 'callmgr', key: 'route.req.video.*' },
      ],
      contracts: [routeReq],
    },
    (request) => onRouteRequest(context, calls, handshakes, events.queue, request),
  );
  const resumes = await bus.consume(
    {
      queue: 'callflow_listener',
      bindings: [{ exchange: 'kapps', key: 'callflow.resume' }],
      contracts: [resume],
    },
    (delivery) => onResume(context, calls, delivery),
  );
  const stopTaking = async (): Promise<void> => {
    await Promise.all([requests.stop(), resumes.stop()]);
    handshakes.cancel();
  };
  return {
    drain: async () => {
      await stopTaking();
      await calls.idle();
    },
    stop: async () => {
      await stopTaking();
      calls.release();
      await calls.idle();
      await events.stop();
      log.debug('stopped');
    },
  };
}

async function onRouteRequest(
  context: AppContext,
  calls: Calls,
  handshakes: Handshakes,
  winQueue: string,
  request: RouteRequest,
): Promise<void> {
  const { message } = request;
  const accountId = message['Custom-Channel-Vars']?.['Account-ID'];
  if (typeof accountId !== 'string' || !isServed(message)) return;
  await withLogContext({ callId: message['Call-ID'], accountId }, async () => {
    const { bus, store, systemConfig, log } = context;
    const database = store.database(accountDatabase(accountId));
    const found = await lookUp(database, userOf(message.Request), log);
    if (!found || !mayUse(message, found)) {
      log.info('no callflow for this number', { number: userOf(message.Request) });
      return;
    }
    const timeout = await systemConfig.get('callflow', 'route_win_timeout', 3000);
    const fromOffnet = message['Custom-Channel-Vars']?.['Inception'] !== undefined;
    const ringReady = fromOffnet && (await systemConfig.get('callflow', 'ring_ready_offnet', true));
    const winning = handshakes.wait(message['Call-ID'], timeout);
    // The events are bound while the offer is under way, so that none is missed once the call is won.
    await Promise.all([calls.watch(message['Call-ID']), offer(bus, request, found, { winQueue, ringReady })]);
    const win = await winning;
    if (!win) {
      log.debug('another app took the call');
      return calls.unwatch(message['Call-ID']);
    }
    const [flow, language] = await Promise.all([
      flowToRun(database, accountId, found),
      languageOf(context, request),
    ]);
    const won = {
      controlQueue: win['Control-Queue'],
      channelVars: { ...win['Custom-Channel-Vars'] },
      language,
    };
    log.info('callflow begins', { number: found.number, callflow: found.callflowId });
    calls.start(newCallState(message, won, found), flow);
  });
}

/** Endpoint, then account, then system (contract/callflow.md §2). */
async function languageOf(context: AppContext, { message }: RouteRequest): Promise<string> {
  const vars = message['Custom-Channel-Vars'] ?? {};
  const database = context.store.database(accountDatabase(String(vars['Account-ID'])));
  for (const id of [vars['Authorizing-ID'], vars['Owner-ID'], vars['Account-ID']]) {
    const language = typeof id === 'string' ? getAt(await database.find(id), 'language') : undefined;
    if (typeof language === 'string' && language !== '') return language.toLowerCase();
  }
  return context.systemConfig.get('media', 'default_language', 'en-us');
}

async function onResume(
  context: AppContext,
  calls: Calls,
  { message }: Delivery<typeof resume>,
): Promise<void> {
  const state = fromCallJson(message.Call);
  if (calls.has(state.callId)) return;
  await calls.watch(state.callId);
  context.log.info('callflow goes on here', { callId: state.callId, accountId: state.accountId });
  calls.start(state, message.Flow as unknown as FlowNode);
}
