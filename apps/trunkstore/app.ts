// trunkstore: calls from and to carriers (Kazoo's stepswitch) and the trunks of customers' PBXs (Kazoo's trunkstore).
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { startCallControl } from '../../core/calls/index.ts';
import { offnetReq } from '../../core/messages/resource.ts';
import { routeReq } from '../../core/messages/route.ts';
import { Calls } from './calls.ts';
import { watchCarriers } from './carriers.ts';
import { serveInbound } from './inbound.ts';
import { createMeters } from './meters.ts';
import { serveOffnet } from './outbound.ts';
import { serveTrunk } from './trunk-routes.ts';
import { startTrusted } from './trusted.ts';

/** The trunkstore app. */
export const trunkstore: App = { name: 'trunkstore', start };

const routes = (type: 'account' | 'unknown') =>
  ['audio', 'video'].map((media) => {
    const key = `route.req.${media}.${type === 'account' ? '*' : '*.*'}`;
    return { exchange: 'callmgr', key } as const;
  });

async function start(context: AppContext): Promise<RunningApp> {
  const { bus, log, metrics } = context;
  const meters = createMeters(metrics);
  const carriers = watchCarriers(context);
  const trusted = await startTrusted(context, carriers);
  // The carriers' part may be given a call that the PBXs' part holds: each hears its events by itself.
  const [carrierControl, control] = await Promise.all([startCallControl(bus), startCallControl(bus)]);
  const outbound = new Calls(bus, carrierControl, log);
  const calls = new Calls(bus, control, log);
  metrics.gauge('stepswitch_calls', 'outbound calls of this process', () => outbound.size);
  metrics.gauge('trunkstore_calls', 'calls of PBX trunks of this process', () => calls.size);
  const running = new Set<Promise<void>>();

  const stepswitch = await bus.consume(
    {
      queue: 'stepswitch_listener',
      bindings: [{ exchange: 'resources', key: 'offnet.resource.req.*' }, ...routes('unknown')],
      contracts: [offnetReq, routeReq],
    },
    async (delivery) => {
      if (delivery.contract === routeReq) {
        await serveInbound({ context, carriers, meters }, delivery as Parameters<typeof serveInbound>[1]);
        return;
      }
      // It lasts as long as the call does: the handler does not wait for it.
      const options = { context, calls: outbound, carriers, meters };
      const served = serveOffnet(options, delivery as Parameters<typeof serveOffnet>[1]);
      running.add(served);
      void served.finally(() => running.delete(served));
    },
  );
  const trunks = await bus.consume(
    { queue: 'trunkstore_listener', bindings: routes('account'), contracts: [routeReq] },
    (delivery) => serveTrunk({ context, control, calls, meters }, delivery),
  );

  // Handlers of route requests that are under way end when it is known whether they won the call.
  const stopTaking = async (): Promise<void> => {
    await Promise.all([stepswitch.stop(), trunks.stop()]);
  };
  const idle = async (): Promise<void> => {
    await Promise.all([calls.idle(), Promise.allSettled(running)]);
  };
  return {
    health: () => trusted.health(),
    drain: async () => {
      await stopTaking();
      await idle();
    },
    stop: async () => {
      control.cancelOffers();
      await stopTaking();
      calls.release();
      outbound.release();
      await idle();
      await Promise.all([carrierControl.stop(), control.stop(), trusted.stop()]);
      carriers.stop();
    },
  };
}
