// Cables of a zone under test: how one process of an app reaches the broker and the first switch, for a test to cut.
import { type Cable, startCable } from '../edge/cable.ts';
import type { ProcessPlan } from './processes.ts';

export interface Cabling {
  readonly plans: readonly ProcessPlan[];
  /** Throws when that app was not to be cabled. */
  of(app: string, to: 'bus' | 'switch'): Cable;
  stop(): Promise<void>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The same plans, the first process of each app in `apps` on cables. */
export async function layCables(
  settings: Record<string, unknown>,
  plans: readonly ProcessPlan[],
  apps: readonly string[],
): Promise<Cabling> {
  const cables = new Map<string, Cable>();
  const lay = async (app: string, to: 'bus' | 'switch', address: Address): Promise<number> => {
    const cable = await startCable(address.port, address.host);
    cables.set(`${app} ${to}`, cable);
    return cable.port;
  };
  const [bus = '', ...otherBrokers] = busesOf(settings);
  const [first, ...others] = switchesOf(settings);
  const laid = new Set<string>();
  const cabled: ProcessPlan[] = [];
  for (const plan of plans) {
    if (!apps.includes(plan.app) || laid.has(plan.app)) {
      cabled.push(plan);
      continue;
    }
    laid.add(plan.app);
    const url = new URL(bus);
    const broker = { host: url.hostname, port: Number(url.port) };
    url.host = `127.0.0.1:${await lay(plan.app, 'bus', broker)}`;
    const switches = first
      ? [{ ...first, host: '127.0.0.1', port: await lay(plan.app, 'switch', first) }, ...others]
      : [];
    const environment = {
      MIRLITON_BUS_URLS: JSON.stringify([url.href, ...otherBrokers]),
      ...(first ? { MIRLITON_SWITCHES: JSON.stringify(switches) } : {}),
    };
    cabled.push({ ...plan, environment: { ...plan.environment, ...environment } });
  }
  return {
    plans: cabled,
    of: (app, to) => {
      const found = cables.get(`${app} ${to}`);
      if (!found) throw new Error(`there is no cable from ${app} to the ${to}`);
      return found;
    },
    stop: async () => {
      await Promise.all([...cables.values()].map((cable) => cable.stop()));
    },
  };
}

function busesOf(settings: Record<string, unknown>): readonly string[] {
  const { urls, port } = settings['bus'] as { readonly urls?: readonly string[]; readonly port?: number };
  return urls ?? [`amqp://127.0.0.1:${port}`];
}

function switchesOf(settings: Record<string, unknown>): readonly Address[] {
  const given = settings['switches'] as readonly Address[] | undefined;
  if (given) return given;
  const { port } = (settings['switch'] ?? {}) as { readonly port?: number };
  return port ? [{ host: '127.0.0.1', port }] : [];
}
