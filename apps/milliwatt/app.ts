// milliwatt: test numbers that answer in every account: an echo, and the milliwatt tone.
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import {
  type CallControl,
  ControlledCall,
  type Hearing,
  type RouteRequest,
  startCallControl,
} from '../../core/calls/index.ts';
import { AppError, hasCode, toAppError } from '../../core/errors/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { routeReq } from '../../core/messages/route.ts';

/** The milliwatt app. The numbers stand in `system_config` `milliwatt`: `echo.numbers` and `tone.numbers`. */
export const milliwatt: App = { name: 'milliwatt', start };

const defaults = { echo: ['*43'], tone: ['*44'] };
type Test = keyof typeof defaults;

async function start(context: AppContext): Promise<RunningApp> {
  const control = await startCallControl(context.bus);
  const running = new Map<ControlledCall, Promise<void>>();
  context.metrics.gauge('milliwatt_calls', 'test calls that are up', () => running.size);
  const requests = await context.bus.consume(
    {
      queue: 'milliwatt_listener',
      bindings: [{ exchange: 'callmgr', key: 'route.req.audio.*' }],
      contracts: [routeReq],
    },
    async (request) => {
      const won = await win(context, control, request);
      if (won)
        running.set(
          won.call,
          serve(context, won).then(() => void running.delete(won.call)),
        );
    },
  );
  return {
    drain: async () => {
      // Handlers of requests that are under way end when it is known whether they won the call.
      await requests.stop();
      await Promise.all(running.values());
    },
    stop: async () => {
      control.cancelOffers();
      await requests.stop();
      for (const call of running.keys())
        call.end(new AppError('call_lost', { message: 'this process stops' }));
      await Promise.all(running.values());
      await control.stop();
    },
  };
}

interface Won {
  readonly call: ControlledCall;
  readonly hearing: Hearing;
  readonly test: Test;
}

async function win(
  context: AppContext,
  control: CallControl,
  request: RouteRequest,
): Promise<Won | undefined> {
  const test = await testOf(context, request.message.Request.split('@')[0] ?? '');
  const won = test && (await control.offer(request));
  if (!won) return undefined;
  const call = new ControlledCall(context.bus, {
    callId: won.win['Call-ID'],
    controlQueue: won.win['Control-Queue'],
    fetchId: won.hearing.fetchId,
  });
  won.hearing.listen(
    (message) => call.hear(message),
    () => call.sendAgain(),
  );
  return { call, hearing: won.hearing, test };
}

/** Runs the test until the caller hangs up. Never rejects. */
async function serve(context: AppContext, { call, hearing, test }: Won): Promise<void> {
  try {
    await withLogContext({ callId: call.callId }, () => runTest(call, test));
  } catch (error) {
    const over = hasCode(error, 'call_hung_up') || hasCode(error, 'call_lost');
    if (!over) context.log.warn('test call failed', { callId: call.callId, test, error: toAppError(error) });
  }
  await hearing.release().catch((error: unknown) => context.log.warn('unbinding a call failed', { error }));
}

async function runTest(call: ControlledCall, test: Test): Promise<void> {
  // A test is not resumed; but the switch side learns whom to watch.
  await call.send('checkpoint', { 'Insert-At': 'now' });
  await call.execute('answer', {}, 10_000);
  if (test === 'echo') await call.execute('echo', {});
  else await call.execute('play', { 'Media-Name': 'tone_stream://%(251,0,1004);loops=-1' });
  await call.send('hangup', {});
}

async function testOf({ systemConfig }: AppContext, number: string): Promise<Test | undefined> {
  for (const test of ['echo', 'tone'] as const) {
    const numbers: unknown = await systemConfig.get('milliwatt', `${test}.numbers`, defaults[test]);
    if (Array.isArray(numbers) && numbers.includes(number)) return test;
  }
  return undefined;
}
