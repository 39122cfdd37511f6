// What calls have left on the switch that ended while no ecallmgr was there: recorded as far as it is known, and removed.
import { setTimeout as wait } from 'node:timers/promises';
import { getAt, isRecord } from '../../../core/contract/index.ts';
import { fromGregorian } from '../../../core/couch/index.ts';
import { Channel } from '../channel.ts';
import { liveChannels } from '../dump.ts';
import type { SwitchNode } from '../switch-node.ts';
import { parseKept } from './checkpoints.ts';
import { entriesOf, realms, remove } from './hash.ts';

// Another ecallmgr may have heard the end, and knows it better.
const othersFirst = 5_000;

/** Looks through claims and checkpoints once, a while after the channels were compared. Rejects when the switch goes away. */
export async function sweep(node: SwitchNode, signal: AbortSignal): Promise<void> {
  await wait(othersFirst, undefined, { signal });
  const claims = await node.claims.all();
  const checkpoints = await entriesOf(node.client, realms.checkpoints);
  const live = new Set(await liveChannels(node.client));
  for (const callId of new Set([...claims.keys(), ...checkpoints.keys()])) {
    if (live.has(callId) || node.legs.find(callId) || node.legs.isGone(callId)) continue;
    const claim = claims.get(callId);
    if (claim && claim.node !== node.node) continue;
    if (!(await node.claims.seize(callId, claim))) continue;
    const kept = parseKept(checkpoints.get(callId) ?? '');
    if (kept?.resume) node.record(ended(callId, kept.resume));
    await remove(node.client, realms.checkpoints, callId);
    await node.claims.release(callId);
  }
}

/** The leg of a call of which nothing is left but its checkpoint. */
function ended(callId: string, resume: Readonly<Record<string, unknown>>): Channel {
  const call = isRecord(resume['Call']) ? resume['Call'] : {};
  const vars = isRecord(call['Custom-Channel-Vars']) ? call['Custom-Channel-Vars'] : {};
  const text = (key: string): string => String(call[key] ?? '');
  const channel = new Channel({
    'Event-Name': 'CHANNEL_DATA',
    'Unique-ID': callId,
    'Call-Direction': text('Call-Direction') || 'inbound',
    'Caller-Caller-ID-Name': text('Caller-ID-Name'),
    'Caller-Caller-ID-Number': text('Caller-ID-Number'),
    'Caller-Destination-Number': text('Destination-Number'),
    'Answer-State': call['Answered'] === true ? 'answered' : 'ringing',
    variable_sip_to_uri: text('To'),
    variable_sip_from_uri: text('From'),
    variable_sip_req_uri: text('Request'),
  });
  channel.decide(vars);
  // A conversation is named after the second in which it began.
  const began = Number(String(getAt(vars, 'Call-Interaction-ID') ?? '').split('-')[0]);
  if (began > 0) channel.createdAt = fromGregorian(began).getTime();
  channel.ownership = 'ours';
  return channel;
}
