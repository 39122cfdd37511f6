// A leg that has parked and wants to be put through: a controller is found for it, or it is refused.
import { randomBytes } from 'node:crypto';
import { errorText } from '../../../core/errors/index.ts';
import { causeOfSip } from '../../../core/telephony/hangup-cause.ts';
import type { Channel } from '../channel.ts';
import type { Control } from '../control/control.ts';
import { harmless, type SwitchEvent, uuid } from '../freeswitch/index.ts';
import type { Shared, SwitchNode } from '../switch-node.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { routeCall } from './route.ts';

/** Routes one parked leg. Rejects only when it could not even be refused. */
export async function routeParked(
  node: SwitchNode,
  { context, meters }: Shared,
  channel: Channel,
  event: SwitchEvent,
): Promise<void> {
  const began = performance.now();
  let control: Control | undefined;
  let refusal: Refusal | undefined;
  try {
    if (channel.refused !== undefined) throw channel.refused;
    control = node.controls.get(channel.callId) ?? node.control(channel, channel.get('Fetch-ID') ?? '');
    refusal = await routeCall(context.bus, control, event, node.node);
  } catch (error) {
    refusal = refusalOf(error);
    node.around.log.warn('a call is refused', { ...refusal, reason: errorText(error) });
  }
  meters.route(refusal?.outcome ?? 'won');
  if (!refusal) {
    meters.routed(performance.now() - began);
    return;
  }
  await refuse(node, channel, refusal);
  control?.close();
}

async function refuse(node: SwitchNode, { callId, bySip }: Channel, { code, text }: Refusal): Promise<void> {
  if (!node.channels.has(callId)) return;
  const id = `quiet:${randomBytes(8).toString('hex')}`;
  if (bySip) {
    // FreeSWITCH does not note the status of its own refusal.
    await node.client.execute(callId, 'set', `proto_specific_hangup_cause=sip:${code}`, `${id}:set`);
    await node.client.execute(callId, 'respond', `${code} ${harmless(text).trim()}`, id);
  }
  // A leg without SIP cannot be answered with a status.
  else await node.client.api(`uuid_kill ${uuid(callId)} ${causeOfSip(code)}`);
}
