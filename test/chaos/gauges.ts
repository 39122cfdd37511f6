// What processes say of themselves when no call is left: as many actors as before, and no call.
import type { Zone } from '../e2e/zone.ts';

/** Of these nothing may be left. */
const none = ['callflow_calls', 'ecallmgr_sessions'];
const running = 'actors_running';

/** The actors of each process that runs, by node. */
export type Actors = ReadonlyMap<string, number>;

export async function readActors(zone: Zone): Promise<Actors> {
  const all = await readAll(zone);
  return new Map(all.map(([node, gauges]) => [node, gauges.get(running) ?? 0]));
}

/** One line for each process that has a call. */
export async function callsOf(zone: Zone): Promise<string[]> {
  return (await readAll(zone)).flatMap(([node, gauges]) =>
    none.filter((name) => (gauges.get(name) ?? 0) > 0).map((name) => `${node}: ${name} ${gauges.get(name)}`),
  );
}

/** One line for each process that has more actors than `before`. */
export async function moreActors(before: Actors, zone: Zone): Promise<string[]> {
  return [...(await readActors(zone))]
    .filter(([node, actors]) => actors > (before.get(node) ?? actors))
    .map(([node, actors]) => `${node}: ${actors} actors, were ${before.get(node)}`);
}

async function readAll(zone: Zone) {
  const ours = zone.processes.filter((it) => it.metrics !== undefined && it.alive());
  return Promise.all(
    ours.map(async ({ node, metrics }) => {
      const response = await fetch(`http://127.0.0.1:${metrics}/metrics`);
      return [node, gaugesOf(await response.text())] as const;
    }),
  );
}

/** The sum over the labels of each. */
function gaugesOf(text: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [, name = '', value] of text.matchAll(/^(\w+)(?:\{[^}]*\})? (\S+)$/gm))
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  return sums;
}
