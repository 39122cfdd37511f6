// Transfers that phones make by REFER: who controls a call afterwards (contract/callflow.md §3).
import { randomBytes } from 'node:crypto';
import { errorText } from '../../core/errors/index.ts';
import type { Channel } from './channel.ts';
import { controlQueueOf } from './control/control.ts';
import type { SwitchEvent } from './freeswitch/index.ts';
import type { SwitchNode } from './switch-node.ts';
import { asChannelVariables } from './variables.ts';

/** The leg has been sent to a number: when it parks there it is routed, and whoever controlled it has lost it. */
export function transferred(node: SwitchNode, channel: Channel): void {
  // Sent to another leg it is in that one's control already.
  if (channel.replaces) return;
  const fetchId = randomBytes(16).toString('hex');
  const vars = { 'Fetch-ID': fetchId, 'Control-Queue': controlQueueOf(channel.callId) };
  channel.transferred = true;
  channel.routed = false;
  channel.decide(vars);
  node.controls.get(channel.callId)?.restart(fetchId);
  node.client
    .setVariables(channel.callId, asChannelVariables(vars))
    .catch((error: unknown) =>
      node.around.log.debug('a transferred leg could not be marked', { error: errorText(error) }),
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
}
