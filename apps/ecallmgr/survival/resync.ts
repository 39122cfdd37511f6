// After a connect, and after events were lost: what is known is compared with what the switch has.
import { setTimeout as wait } from 'node:timers/promises';
import { isRecord } from '../../../core/contract/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { Channel } from '../channel.ts';
import { dumpOf, liveChannels } from '../dump.ts';
import type { SwitchEvent } from '../freeswitch/index.ts';
import { introduce } from '../moving/devices.ts';
import type { SwitchNode } from '../switch-node.ts';
import { noteEnds } from './ends.ts';
import { settle } from './ownership.ts';
import { takeUp, wantsRoute } from './take-up.ts';
import { inherit } from './takeover.ts';

// `show channels` lags behind a hangup: what is missing is looked for twice.
const secondLook = 1_000;

/** Learns the switch's own settings, then its channels. Rejects when the switch goes away meanwhile. */
export async function resync(node: SwitchNode, log: Logger): Promise<void> {
  await learn(node);
  await noteEnds(node.client, log);
  for (const address of node.shared.edges.switches()) await introduce(node, address);
  const missing = await compare(node);
  node.compared = true;
  if (missing.length === 0) return;
  await wait(secondLook);
  const live = new Set(await liveChannels(node.client));
  for (const callId of missing) {
    const missed = node.channels.get(callId);
    if (!missed || live.has(callId)) continue;
    const end = await node.endOf(missed);
    if (node.channels.get(callId) !== missed) continue;
    log.warn('the end of a leg was missed', { callId });
    node.lost(missed, end);
  }
}

async function learn(node: SwitchNode): Promise<void> {
  const { client } = node;
  const folder = await client.api('global_getvar recordings_dir').catch(fallback(''));
  node.recordings = folder.startsWith('/') ? folder : '/tmp';
  node.conferences.read(await client.api('conference json_list').catch(fallback('[]')));
  node.interfaces = interfacesOf(await client.api('sofia jsonstatus').catch(fallback('{}')));
  const instance = await client.api('global_getvar core_uuid').catch(fallback(''));
  if (instance !== node.instance || node.startup === 0) {
    node.instance = instance;
    node.startup = Date.now();
  }
}

/** A switch without this command is no reason to fail; one that is gone is. */
const fallback =
  (value: string) =>
  (error: unknown): string => {
    if (hasCode(error, 'command_failed')) return value;
    throw error;
  };

/** Takes in what is live and unknown; returns the ids of what is known and not live. */
async function compare(node: SwitchNode): Promise<string[]> {
  const known = new Set(node.channels.keys());
  const live = await liveChannels(node.client);
  const lives = new Set(live);
  const dumps: SwitchEvent[] = [];
  const introduced = new Set<string>();
  // All before any: whether a command still runs shows on the other leg.
  for (const callId of live) {
    const dump = await dumpOf(node.client, callId);
    if (known.delete(callId)) introduced.add(callId);
    if (!dump) continue;
    // An event may have introduced the channel while it was dumped.
    const channel = node.channels.get(callId) ?? node.meet(dump);
    channel.learn(dump, (other) => lives.has(other));
    if (channel.answered) node.shared.devices.answered(channel, node);
    dumps.push(dump);
  }
  for (const dump of dumps) await look(node, dump, introduced.has(dump['Unique-ID'] ?? ''));
  await Promise.all([...node.channels.values()].map((channel) => endedMeanwhile(node, channel)));
  return [...known];
}

/** Events have introduced it, but it was gone before it was looked at. */
async function endedMeanwhile(node: SwitchNode, channel: Channel): Promise<void> {
  if (channel.ownership !== 'unknown' || channel.settling || !channel.over) return;
  const claim = await node.claims.findOwner(channel.callId);
  if (claim && claim.node !== node.node) node.leave(channel, claim.node);
  else if (await node.claims.seize(channel.callId, claim)) await inherit(node, channel);
}

async function look(node: SwitchNode, dump: SwitchEvent, known: boolean): Promise<void> {
  const callId = dump['Unique-ID'] ?? '';
  const claim = await node.claims.findOwner(callId);
  const channel = node.channels.get(callId);
  if (!channel) return;
  const owner = claim?.node ?? channel.get('Ecallmgr-Node');
  if (channel.ownership === 'unknown') {
    if (channel.settling || owner === undefined) wantsRoute(channel, dump);
    if (channel.settling) return;
    if (owner !== undefined && owner !== node.node) node.leave(channel, owner);
    // From before a restart of ours, in an earlier life.
    else if (owner !== undefined && (await node.claims.seize(callId, claim))) await inherit(node, channel);
    else if (known) settle(node, channel, dump);
    return;
  }
  if (channel.ownership !== 'ours') return;
  const control = node.controls.get(callId);
  if (control) control.call.recheck();
  else if (!control && !channel.routed) takeUp(node, channel, dump);
}

/** `{profile: {URL, SIP-IP, …}}` of the SIP profiles, as the edge's dispatcher reads it (contract/kamailio.md §4). */
export function interfacesOf(status: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(status);
  } catch {
    return {};
  }
  const profiles = isRecord(json) && isRecord(json['profiles']) ? Object.entries(json['profiles']) : [];
  return Object.fromEntries(
    profiles.flatMap(([name, profile]): [string, unknown][] => {
      const info = isRecord(profile) && isRecord(profile['info']) ? profile['info'] : undefined;
      if (typeof info?.['url'] !== 'string') return [];
      return [[name, { URL: info['url'], 'SIP-IP': info['sip-ip'], 'Bind-URL': info['bind-url'] }]];
    }),
  );
}
