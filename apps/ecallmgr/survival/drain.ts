// Letting go of a switch in good order: its calls go on with another ecallmgr, or with us for as long as we may stay.
import { setTimeout as wait } from 'node:timers/promises';
import type { SwitchNode } from '../switch-node.ts';

const lookEvery = 250;

/**
 * Hands every call over to another ecallmgr on the same switch. While there is none they stay ours: resolves when they
 * are taken, or have ended.
 */
export async function drain(node: SwitchNode, signal: AbortSignal): Promise<void> {
  while (node.ours.length > 0 && node.client.connected && !node.others && !signal.aborted)
    await wait(lookEvery, undefined, { signal }).catch(() => undefined);
  if (signal.aborted || !node.client.connected) return;
  await letGo(node);
  await taken(node, signal);
}

/** Nothing is acknowledged that is not over, then the claims are said to be free. */
async function letGo(node: SwitchNode): Promise<void> {
  await node.silence();
  const controls = [...new Set(node.controls.values())];
  for (const control of controls) control.close();
  await Promise.all(controls.map((control) => control.closed()));
  await node.lease.release();
}

/** Until then the end of a call could be told by nobody. */
async function taken(node: SwitchNode, signal: AbortSignal): Promise<void> {
  const waiting = new Set(node.ours.map(({ callId }) => callId));
  while (waiting.size > 0 && node.others && !signal.aborted) {
    for (const callId of waiting) {
      const owner = await node.claims.findOwner(callId);
      if (owner?.node !== node.node) waiting.delete(callId);
    }
    await wait(lookEvery, undefined, { signal }).catch(() => undefined);
  }
}
