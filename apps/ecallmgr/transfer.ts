// Transfers that phones make by REFER: who controls a call afterwards (contract/callflow.md §3).
import { randomBytes } from 'node:crypto';
import { errorText } from '../../core/errors/index.ts';
import type { Channel } from './channel.ts';
import type { Control } from './control/control.ts';
import { context as dialplan } from './dial/destination.ts';
import { dumpOf } from './dump.ts';
import { type SwitchClient, type SwitchEvent, sipUser, uuid, variable, word } from './freeswitch/index.ts';
import type { SwitchNode } from './switch-node.ts';
import {
  asChannelVariables,
  asCommanded,
  commanded,
  commandedAs,
  controlled,
  controller,
  type Vars,
} from './variables.ts';

/** Says in the event of a transferee which leg joins it with a call on another switch. */
const elsewhere = 'att_xfer_elsewhere';

/** The leg has been sent on: whoever controlled it has lost it. When it parks at a number it is routed. */
export function transferred(node: SwitchNode, channel: Channel, event: SwitchEvent): void {
  // Sent to another leg it is in that one's control already.
  if (channel.replaces) return;
  const talks = event[elsewhere] !== undefined;
  channel.transferred = !talks;
  // Who is joined with a call on another switch is controlled by nobody, and ends with the conversation.
  if (talks) restart(node, channel, { hangup_after_bridge: 'true' }, ['park_after_bridge']);
  else restart(node, channel);
  channel.routed = talks;
}

/**
 * The consulted call is on another switch: the transferor's one calls there to take its place, and says so before it knows
 * whether it may (RFC 3891). Until it has, nothing is different for the transferee and who controls that. True for an event
 * that is not to be told now.
 */
export function isSeeking(node: SwitchNode, channel: Channel, event: SwitchEvent): boolean {
  const { 'Event-Name': name, 'Event-Subclass': subclass } = event;
  if (subclass === 'sofia::transferor') {
    const transferee = node.channels.get(event['att_xfer_original_call_id'] ?? '');
    if (transferee && event['att_xfer_destination_call_id'] === undefined) transferee.elsewhere = 'sought';
  } else if (subclass === 'sofia::transferee' && channel.elsewhere === 'sought') {
    channel.elsewhere = event;
    return true;
  } else if (name === 'CHANNEL_ANSWER') {
    const transferee = node.channels.get(channel.soughtFor ?? '');
    const told = transferee?.elsewhere;
    if (!transferee || typeof told !== 'object') return false;
    transferee.elsewhere = undefined;
    node.take({ ...told, [elsewhere]: channel.callId });
  }
  return false;
}

/** The event by which one ecallmgr tells all that it sends a leg to a number. */
export const sentOn = 'mirliton::sent_on';

/** What is said of a leg that is sent on. */
export interface SentOn {
  /** Custom-Channel-Vars that it gets. */
  readonly vars?: Vars | undefined;
  /** Where the number is. */
  readonly realm?: string | undefined;
  /** `user@realm` of who sends it on. */
  readonly by?: string | undefined;
}

/**
 * Sends a leg to a number, as if it had called that: whoever has it lets its controller go, and asks who takes it when it
 * parks, saying what a REFER would have said.
 */
export async function sendOn(
  client: SwitchClient,
  callId: string,
  number: string,
  { vars, realm, by }: SentOn = {},
): Promise<void> {
  await client.setVariables(callId, {
    ...asChannelVariables(vars),
    sip_refer_to: realm && `<sip:${sipUser(number)}@${realm}>`,
    'sip_h_Referred-By': by && `<sip:${by}>`,
  });
  // With its Unique-ID the switch would hand it to the leg instead of telling it.
  await client.sendEvent('CUSTOM', { 'Event-Subclass': sentOn, 'Sent-On': callId, 'Transfer-To': number });
  await client.api(`uuid_transfer ${uuid(callId)} ${word(number)} XML ${dialplan}`);
}

/** Somebody sends a leg on: told before it moves, so that its controller takes nothing that ends now for its own. */
export function takeSentOn(node: SwitchNode, event: SwitchEvent): void {
  const channel = node.channels.get(event['Sent-On'] ?? '');
  if (channel?.ownership !== 'ours') return;
  node.publisher.transferred(channel, event['Transfer-To'] ?? '');
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
function restart(node: SwitchNode, channel: Channel, more: Vars = {}, unset: readonly string[] = []): void {
  const fetchId = randomBytes(16).toString('hex');
  const vars = { 'Fetch-ID': fetchId };
  channel.routed = false;
  channel.decide(vars);
  node.controls.get(channel.callId)?.restart(fetchId);
  node.client
    .setVariables(channel.callId, { ...asChannelVariables(vars), ...more }, [controlled, commanded, ...unset])
    .catch((error: unknown) =>
      node.around.log.debug('a leg could not be marked', { error: errorText(error) }),
    );
}

/**
 * Another leg takes the place of this one: its control goes on with that. Every ecallmgr hears of it; who has the successor has
 * the control from then on.
 */
export function replaced(node: SwitchNode, channel: Channel, event: SwitchEvent): void {
  const successor = node.channels.get(event['att_xfer_replaced_by'] ?? '');
  if (!successor || successor === channel) return;
  successor.replaces = true;
  channel.successor = successor;
  successor.past.inherit(channel.past);
  const control = node.controls.get(channel.callId);
  if (successor.ownership !== 'ours') letGo(node, control, successor);
  else if (control) follow(node, control, channel, successor);
  else if (variable(event, controlled) === channel.callId) adopt(node, channel, successor, event);
}

function follow(node: SwitchNode, control: Control, channel: Channel, successor: Channel): void {
  if (control.call.channel === successor) return;
  node.controls.get(successor.callId)?.close();
  node.controls.set(successor.callId, control);
  control.follow(successor, channel.otherLeg);
  mark(node, successor, control);
}

/** Another has the successor, and goes on with the control; should it be dead, who takes the leg over reads there what to do. */
function letGo(node: SwitchNode, control: Control | undefined, successor: Channel): void {
  if (!control) return;
  mark(node, successor, control);
  control.close();
}

/** The control was another's. */
function adopt(node: SwitchNode, channel: Channel, successor: Channel, event: SwitchEvent): void {
  const fetchId = channel.get('Fetch-ID');
  const queue = channel.get('Control-Queue');
  const present = node.controls.get(successor.callId);
  // It stands on the leg already, and was taken up with it.
  if (fetchId === undefined || queue === undefined || present?.tellQueue() === queue) return;
  present?.close();
  const winner = variable(event, controller);
  const ids = [...commandedAs(event), channel.callId];
  write(node, successor, { fetchId, queue, winner, ids });
  const control = node.control(successor, fetchId, true);
  // Ends of what it was doing are told there.
  node.controls.set(channel.callId, control);
  control
    .adopt(channel, winner, ids)
    .catch((error: unknown) =>
      node.around.log.error('control of a call could not be taken up', { error: errorText(error) }),
    );
}

function mark(node: SwitchNode, leg: Channel, control: Control): void {
  const { fetchId, call } = control;
  const ids = [...call.ids].filter((id) => id !== leg.callId);
  write(node, leg, { fetchId, queue: control.tellQueue(), winner: call.custody.serverId, ids });
}

interface Written {
  readonly fetchId: string;
  readonly queue: string;
  readonly winner: string | undefined;
  /** The call ids under which its controller has commanded it so far. */
  readonly ids: readonly string[];
}

/** Writes on the leg who controls it, for whoever goes on with it. */
function write(node: SwitchNode, leg: Channel, { fetchId, queue, winner, ids }: Written): void {
  const vars = { 'Fetch-ID': fetchId, 'Control-Queue': queue };
  leg.routed = true;
  leg.decide(vars);
  const who = winner === undefined ? {} : { [controller]: winner };
  node.client
    .setVariables(leg.callId, {
      ...asChannelVariables(vars),
      ...asCommanded(ids),
      ...who,
      [controlled]: leg.callId,
    })
    .catch((error: unknown) =>
      node.around.log.debug('a leg could not be marked', { error: errorText(error) }),
    );
}
