// The heartbeat of this node: which switches it has, where they take SIP, how many channels they hold (contract/kapi.md, nodes).
import type { AppContext } from '../../core/app/index.ts';
import { gregorian } from '../../core/couch/index.ts';
import { advertise } from '../../core/messages/nodes.ts';
import type { SwitchNode } from './switch-node.ts';

export interface Heartbeat {
  /** Tells it now, e.g. because a switch came or went. */
  beat(): void;
  stop(): void;
}

const startup = gregorian();

/** Beats at random every 5 to 15 s, so that nodes which started together do not speak together. */
export function startHeartbeat(context: AppContext, nodes: readonly SwitchNode[]): Heartbeat {
  const { bus, log, settings } = context;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const beat = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    const next = 5_000 + Math.floor(Math.random() * 10_000);
    timer = setTimeout(beat, next);
    const told = bus.publish(advertise, {
      // A receiver gives it a quarter more: one lost beat is noticed, a late one is not.
      Expires: next,
      Zone: settings.zone,
      Channels: nodes.reduce((sum, node) => sum + node.ours.length, 0),
      'Used-Memory': process.memoryUsage.rss(),
      'Media-Servers': Object.fromEntries(nodes.filter(serves).map((node) => [node.name, description(node)])),
      WhApps: { ecallmgr: { Startup: startup } },
    });
    told.catch((error: unknown) => log.debug('the heartbeat was not sent', { error }));
  };
  beat();
  return {
    beat,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** A switch that is away or paused is not to be sent new calls. */
const serves = (node: SwitchNode): boolean => node.client.connected && !node.paused && node.startup > 0;

function description(node: SwitchNode): Record<string, unknown> {
  return {
    'Instance-UUID': node.instance,
    Startup: gregorian(new Date(node.startup)),
    Interfaces: node.interfaces,
    Channels: node.channels.size,
  };
}
