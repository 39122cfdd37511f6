// callflow: takes calls to an account's numbers and does what its callflow documents say.
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { type CallControl, type RouteRequest, startCallControl } from '../../core/calls/index.ts';
import { getAt } from '../../core/contract/index.ts';
import { accountDatabase } from '../../core/couch/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { resume } from '../../core/messages/callflow.ts';
import { routeReq } from '../../core/messages/route.ts';
import { publishSchemas } from '../../core/schemas/index.ts';
import { actions } from './actions/index.ts';
import { newCallState, realmOf, userOf } from './call/state.ts';
import { Calls } from './calls.ts';
import { resumeCall } from './resume.ts';
import { flowToRun } from './routing/flow.ts';
import { type Lookup, lookUp } from './routing/lookup.ts';
import { isServed, mayUse } from './routing/permission.ts';

/** The callflow app. */
export const callflow: App = { name: 'callflow', start };

async function start(context: AppContext): Promise<RunningApp> {
  const { bus, store } = context;
  await publishSchemas(
    store,
    Object.values(actions).map(({ schemaName, schema }) => ({ name: schemaName, schema })),
  );
  const control = await startCallControl(bus);
  const calls = new Calls(context);
  const bindings = ['route.req.audio.*', 'route.req.video.*'].map(
    (key) => ({ exchange: 'callmgr', key }) as const,
  );
  const requests = await bus.consume(
    { queue: 'callflow_route_0', bindings, contracts: [routeReq] },
    (request) => onRouteRequest(context, calls, control, request),
  );
  const resumes = await bus.consume(
    {
      queue: 'callflow_listener',
      bindings: [{ exchange: 'kapps', key: 'callflow.resume' }],
      contracts: [resume],
    },
    (delivery) => resumeCall(context, calls, control, delivery),
  );
  // Handlers that are under way end when their calls have been started, or are known to be of others.
  const stopTaking = async (): Promise<void> => {
    await Promise.all([requests.stop(), resumes.stop()]);
  };
  return {
    drain: async () => {
      await stopTaking();
      await calls.handOver();
      await calls.idle();
    },
    stop: async () => {
      control.cancelOffers();
      await stopTaking();
      calls.release();
      await calls.idle();
      await control.stop();
    },
  };
}

async function onRouteRequest(
  context: AppContext,
  calls: Calls,
  control: CallControl,
  request: RouteRequest,
): Promise<void> {
  const { message } = request;
  const accountId = message['Custom-Channel-Vars']?.['Account-ID'];
  if (typeof accountId !== 'string' || !isServed(message)) return;
  await withLogContext({ callId: message['Call-ID'], accountId }, async () => {
    const { store, systemConfig, log } = context;
    const database = store.database(accountDatabase(accountId));
    const found = await lookUp(database, userOf(message.Request), log);
    if (!found || !mayUse(message, found)) {
      log.info('no callflow for this number', { number: userOf(message.Request) });
      return;
    }
    const timeout = await systemConfig.get('callflow', 'route_win_timeout', 3000);
    // All that may take time is done before: a call that was won has its flow, and its checkpoint, at once.
    const [flow, language, answer] = await Promise.all([
      flowToRun(database, accountId, found),
      languageOf(context, request),
      answerTo(context, request, found),
    ]);
    const won = await control.offer(request, answer, timeout);
    if (!won) return log.debug('another app took the call');
    const { win, hearing } = won;
    const channelVars = { ...win['Custom-Channel-Vars'] };
    const state = newCallState(message, { controlQueue: win['Control-Queue'], channelVars, language }, found);
    log.info('callflow begins', { number: found.number, callflow: found.callflowId });
    calls.start(state, hearing, flow && { flow });
  });
}

/** The fields of the route_resp (contract/callflow.md §2). */
async function answerTo({ systemConfig }: AppContext, { message }: RouteRequest, found: Lookup) {
  const vars = message['Custom-Channel-Vars'] ?? {};
  const media = (path: string): string | undefined => {
    const id = getAt(found.document, path);
    return typeof id === 'string' ? id : undefined;
  };
  const ringReady =
    vars['Inception'] !== undefined && (await systemConfig.get('callflow', 'ring_ready_offnet', true));
  return {
    'Pre-Park': ringReady ? ('ring_ready' as const) : ('none' as const),
    'Ringback-Media': media('ringback.early'),
    'Transfer-Media': media('ringback.transfer'),
    'From-Realm': typeof vars['Account-Realm'] === 'string' ? vars['Account-Realm'] : realmOf(message.From),
    // What a carrier's request learnt on the way (whose number it is) reaches the channel by this answer.
    'Custom-Channel-Vars': { ...vars, 'CallFlow-ID': found.callflowId },
    Context: message.Context,
  };
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
