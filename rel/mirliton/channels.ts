// The legs of calls that are going on, asked of all ecallmgr nodes.
import type { Bus } from '../../core/amqp/index.ts';
import { queryAccountChannelsReq, queryChannelsReq } from '../../core/messages/call.ts';
import { patience } from './cluster.ts';

/** A leg as ecallmgr describes it. */
export interface Channel {
  readonly uuid: string;
  readonly direction?: string;
  readonly answered?: boolean;
  /** Seconds. */
  readonly elapsed_s?: number;
  readonly caller_id_number?: string;
  readonly caller_id_name?: string;
  readonly destination?: string;
  readonly other_leg?: string;
  readonly account_id?: string;
  readonly interaction_id?: string;
  readonly node?: string;
  readonly [field: string]: unknown;
}

/** All legs, or those of an account; the longest first. */
export async function liveChannels(bus: Bus, accountId?: string): Promise<Channel[]> {
  const options = { timeout: patience };
  const found =
    accountId === undefined
      ? (await bus.collect(queryChannelsReq, { 'Active-Only': true }, options)).flatMap(({ Channels }) =>
          Object.values(Channels),
        )
      : (
          await bus.collect(
            queryAccountChannelsReq,
            { 'Account-ID': accountId, 'Active-Only': true },
            options,
          )
        ).flatMap(({ Channels = [] }) => Channels);
  // Several nodes may see the same switch: each leg once.
  const byId = new Map((found as Channel[]).map((channel) => [channel.uuid, channel]));
  return [...byId.values()].sort((a, b) => (b.elapsed_s ?? 0) - (a.elapsed_s ?? 0));
}

/** Legs that belong together are one call. */
export function callsAmong(channels: readonly Channel[]): number {
  const callOf = new Map<string, string>();
  for (const { uuid, other_leg, interaction_id } of channels) {
    const known = callOf.get(uuid) ?? interaction_id ?? (other_leg && callOf.get(other_leg)) ?? uuid;
    callOf.set(uuid, known);
    if (other_leg) callOf.set(other_leg, callOf.get(other_leg) ?? known);
  }
  return new Set(channels.map(({ uuid }) => callOf.get(uuid))).size;
}
