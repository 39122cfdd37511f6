// What the processes of the cluster tell of themselves, by zone and node.
import { fromGregorian } from '../../../core/couch/index.ts';
import { infoReq } from '../../../core/messages/maintenance.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import type { RestRequest } from '../engine/index.ts';
import { ofProcesses } from '../live/patience.ts';

type Json = Record<string, unknown>;

/** `{<zone>: {<node>: [{version, startup, used_memory, apps, bus, store, nodes}]}}`: one entry for each process of a node. */
export async function clusterStatus({ services }: RestRequest): Promise<Json> {
  const answers = await services.bus.collect(infoReq, {}, { timeout: ofProcesses });
  const zones: Record<string, Record<string, Json[]>> = {};
  for (const { Zone, Node = '?', Version, Startup, Apps, Bus, Store, Nodes, ...more } of answers) {
    zones[Zone] ??= {};
    zones[Zone][Node] ??= [];
    zones[Zone][Node].push({
      version: Version,
      process_id: more['Process-ID'],
      startup: fromGregorian(Startup).toISOString(),
      used_memory: more['Used-Memory'],
      apps: snakeCase(Apps),
      bus: snakeCase(Bus),
      store: snakeCase(Store),
      nodes: snakeCase(Nodes),
    });
  }
  return zones;
}
