// What calls have left on the switch: claims and checkpoints of those that ended unheard, and ends that nobody has told.
import { setTimeout as wait } from 'node:timers/promises';
import { errorText } from '../../../core/errors/index.ts';
import { cdrIdOf } from '../cdr.ts';
import { liveChannels } from '../dump.ts';
import { callIdOf, channelVar, type SwitchEvent } from '../freeswitch/index.ts';
import { forgetPlaces } from '../moving/devices.ts';
import type { SwitchNode } from '../switch-node.ts';
import { allEnds, forgetEnd } from './ends.ts';
import { entriesOf, read, realms, remove } from './hash.ts';

// Another ecallmgr may have heard the end, and knows it better.
const lookEvery = 5_000;

/** Looks every few seconds, while the switch is there and we may act, until aborted. */
export async function sweep(node: SwitchNode, signal: AbortSignal): Promise<void> {
  const beats = new Map<string, string | undefined>();
  let cleared = false;
  while (!signal.aborted) {
    await wait(lookEvery, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted || !node.compared || !node.lease.holds) continue;
    try {
      if (!cleared) {
        await clear(node);
        await forgetPlaces(node);
      }
      cleared = true;
      await tell(node, beats);
    } catch (error) {
      node.around.log.debug('the switch was not swept', { error: errorText(error) });
    }
  }
}

/** Claims and checkpoints of calls that are over. */
async function clear(node: SwitchNode): Promise<void> {
  const claims = await node.claims.all();
  const checkpoints = await entriesOf(node.client, realms.checkpoints);
  const live = new Set(await liveChannels(node.client));
  for (const callId of new Set([...claims.keys(), ...checkpoints.keys()])) {
    if (live.has(callId) || node.legs.find(callId) || node.legs.isGone(callId)) continue;
    const claim = claims.get(callId);
    if (claim && claim.node !== node.node) continue;
    if (!(await node.claims.seize(callId, claim))) continue;
    await remove(node.client, realms.checkpoints, callId);
    await node.claims.release(callId);
  }
}

/**
 * Tells the ends that nobody else will: those of our own from before a restart, and those of an ecallmgr that has not beaten
 * since the last look. Should two tell the same one, their reports have the same id (apps/cdr).
 */
async function tell(node: SwitchNode, beats: Map<string, string | undefined>): Promise<void> {
  const owed = (await allEnds(node.client)).filter((end) => isUntold(node, end));
  const owners = new Set(owed.map(ownerOf));
  const silent = new Set<string>([node.node]);
  for (const owner of owners) {
    // A leg that ended before anybody had it.
    const beat = owner === '' ? undefined : await read(node.client, realms.beats, owner);
    if (beats.has(owner) && beats.get(owner) === beat) silent.add(owner);
    beats.set(owner, beat);
  }
  for (const owner of beats.keys()) if (!owners.has(owner)) beats.delete(owner);
  for (const end of owed) {
    if (!silent.has(ownerOf(end)) || !isUntold(node, end)) continue;
    if (node.shared.outbox.find(cdrIdOf(callIdOf(end))) === 'done')
      await forgetEnd(node.client, callIdOf(end));
    else node.record(end);
  }
}

/** False when we are about to tell it: its report waits, or the leg is still among ours or kept for the case that its owner dies. */
const isUntold = (node: SwitchNode, end: SwitchEvent): boolean =>
  node.shared.outbox.find(cdrIdOf(callIdOf(end))) !== 'waiting' &&
  node.legs.find(callIdOf(end)) === undefined;

const ownerOf = (end: SwitchEvent): string => channelVar(end, 'Ecallmgr-Node') ?? '';
