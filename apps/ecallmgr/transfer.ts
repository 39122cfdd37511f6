// Transfers that phones make by REFER: who controls a call afterwards (contract/callflow.md §3).
import { randomBytes } from 'node:crypto';
import { errorText } from '../../core/errors/index.ts';
import type { Channel } from './channel.ts';
import { dumpOf } from './dump.ts';
import type { SwitchEvent } from './freeswitch/index.ts';
import type { SwitchNode } from './switch-node.ts';
import { asChannelVariables, controlled } from './variables.ts';

/** The leg has been sent to a number: when it parks there it is routed, and whoever controlled it has lost it. */
export function transferred(node: SwitchNode, channel: Channel): void {
  // Sent to another leg it is in that one's control already.
  if (channel.replaces) return;
  channel.transferred = true;
  restart(node, channel);
}

/** Nobody controls the call any more, and nothing has been done with it: who takes it is asked again. */
export async function reroute(node: SwitchNode, channel: Channel): Promise<void> {
  const dump = await dumpOf(node.client, channel.callId);
  if (!dump) return;
  restart(node, channel);
  node.park(channel, { ...dump, 'Event-Name': 'CHANNEL_PARK' });
}

/** It is controlled anew, under another fetch id. */
function restart(node: SwitchNode, channel: Channel): void {
  const fetchId = randomBytes(16).toString('hex');
  const vars = { 'Fetch-ID': fetchId };
  channel.routed = false;
  channel.decide(vars);
  node.controls.get(channel.callId)?.restart(fetchId);
  node.client
    .setVariables(channel.callId, { ...asChannelVariables(vars), [controlled]: '' })
    .catch((error: unknown) =>
      node.around.log.debug('a leg could not be marked', { error: errorText(error) }),
    );
}

/** Another leg takes the place of this one: its control goes on with that. */
export function replaced(node: SwitchNode, channel: Channel, event: SwitchEvent): void {
  const successor = node.channels.get(event['att_xfer_replaced_by'] ?? '');
  const control = node.controls.get(channel.callId);
  if (!successor || successor === channel) return;
  successor.replaces = true;
  if (!control || successor.ownership !== 'ours') return;
  node.controls.get(successor.callId)?.close();
  node.controls.set(successor.callId, control);
  control.call.follow(successor);
  successor.routed = true;
  const vars = { 'Fetch-ID': control.fetchId, 'Control-Queue': control.tellQueue() };
  successor.decide(vars);
  node.client
    .setVariables(successor.callId, { ...asChannelVariables(vars), [controlled]: successor.callId })
    .catch((error: unknown) =>
      node.around.log.debug('a leg could not be marked', { error: errorText(error) }),
    );
}
