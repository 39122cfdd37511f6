// Joins two channels, and says who stays when the bridge ends.

import type { EventFields } from '../eventsocket/index.ts';
import type { Channel } from './channel.ts';
import { nowMicros } from './profile.ts';
import { untilAborted } from './waits.ts';

/**
 * Bridges until one side hangs up or is transferred away. The originatee does not outlive the bridge unless it has been
 * sent elsewhere; what becomes of the originator is its application's affair.
 */
export async function bridgeChannels(originator: Channel, originatee: Channel): Promise<void> {
  const fields: [string, string][] = [
    ['Bridge-A-Unique-ID', originator.uuid],
    ['Bridge-B-Unique-ID', originatee.uuid],
  ];
  await join(originator, originatee, fields, () => originator.publish('CHANNEL_UNBRIDGE', fields));
}

/** Joins the two until one side leaves; `tellEnd` says so. */
async function join(
  originator: Channel,
  originatee: Channel,
  fields: EventFields,
  tellEnd: () => void,
): Promise<void> {
  if (originator.down || originatee.down) return;
  const left = [originator.executor.interrupted, originatee.executor.interrupted] as const;
  link(originator, originatee);
  originator.publish('CHANNEL_BRIDGE', fields);
  tellUpdate(originatee, originator, originator.profile.callerIdName, originator.profile.callerIdNumber);
  tellUpdate(originator, originatee, originatee.profile.calleeIdName, originatee.profile.calleeIdNumber);
  const relay = relayAnswer(originator, originatee);
  await untilAborted(AbortSignal.any([...left]));
  relay();
  unlink(originator, originatee);
  tellEnd();
  if (originatee.cause) originator.set('bridge_hangup_cause', originatee.cause);
  const sentElsewhere = left[1].aborted && !originatee.down;
  if (!originatee.down && !sentElsewhere) originatee.hangup(originator.cause ?? 'NORMAL_CLEARING');
}

/** Bridged on early media, the originator is answered when the originatee is. */
function relayAnswer(originator: Channel, originatee: Channel): () => void {
  const onAnswer = () => {
    if (originator.answered) return;
    originator.driver.answer().catch((error: unknown) => {
      originator.core.log.warn('answer could not be passed on', { uuid: originator.uuid, error });
    });
  };
  originatee.on('answer', onAnswer);
  return () => originatee.off('answer', onAnswer);
}

/** Each side learns whom it talks to. */
function tellUpdate(channel: Channel, other: Channel, name: string, number: string): void {
  channel.set('last_sent_callee_id_name', name);
  channel.set('last_sent_callee_id_number', number);
  channel.publish('CALL_UPDATE', [
    ['Direction', 'SEND'],
    ['Sent-Callee-ID-Name', name],
    ['Sent-Callee-ID-Number', number],
    ['Bridged-To', other.uuid],
  ]);
}

function link(originator: Channel, originatee: Channel): void {
  const pairs = [
    [originator, originatee, 'originatee'],
    [originatee, originator, 'originator'],
  ] as const;
  for (const [channel, other, type] of pairs) {
    channel.bridgedTo = other;
    channel.other = { channel: other, type };
    channel.profile.times.bridged = nowMicros();
    channel.set('bridge_channel', other.profile.channelName);
    channel.set('bridge_uuid', other.uuid);
    channel.set('signal_bond', other.uuid);
    channel.set('bridge_to', other.uuid);
    channel.set('last_bridge_to', other.uuid);
    channel.leg?.stopPlay();
  }
  originator.profile.calleeIdName = originatee.profile.calleeIdName;
  originator.profile.calleeIdNumber = originatee.profile.calleeIdNumber;
  if (originatee.profile.direction === 'outbound') originatee.setState('CS_EXCHANGE_MEDIA');
  if (originator.leg && originatee.leg) originator.leg.bridgeTo(originatee.leg);
}

function unlink(originator: Channel, originatee: Channel): void {
  for (const channel of [originator, originatee]) {
    if (channel.bridgedTo !== originator && channel.bridgedTo !== originatee) continue;
    channel.bridgedTo = undefined;
    if (!channel.down) channel.set('bridge_to', undefined);
    if (channel.leg && !channel.leg.closed) channel.leg.unbridge();
  }
}

/** Whether the phones are to talk to each other past the switch. */
export const bypassesMedia = (originator: Channel, originatee: Channel): boolean =>
  originator.isTrue('bypass_media') ||
  [originator, originatee].some((channel) => channel.isTrue('bypass_media_after_bridge'));

/**
 * A bridge of signals alone: both channels leave their applications for it, so that `bridge` completes at once. What is
 * said still goes over this switch; nobody but a phone can tell.
 */
export function bridgeSignals(originator: Channel, originatee: Channel): void {
  for (const [channel, other] of [
    [originator, originatee],
    [originatee, originator],
  ] as const) {
    channel.set('signal_bridge', 'true');
    channel.set('signal_bridge_to', other.uuid);
  }
  originatee.executor.transfer([(signal) => untilAborted(signal)]);
  originator.setState('CS_HIBERNATE');
  originator.executor.transfer([() => holdSignals(originator, originatee)]);
}

async function holdSignals(originator: Channel, originatee: Channel): Promise<void> {
  const fields: EventFields = [
    ['Bridge-A-Unique-ID', originator.uuid],
    ['Bridge-B-Unique-ID', originatee.uuid],
  ];
  await join(originator, originatee, fields, () => originator.publish('CHANNEL_UNBRIDGE'));
  if (originator.down) return;
  originator.setState('CS_EXECUTE');
  await parkAfter(originator);
}

async function parkAfter(channel: Channel): Promise<void> {
  if (!channel.down && channel.isTrue('park_after_bridge'))
    await channel.executor.nest({ name: 'park', args: '' });
}

/** Joins two channels that exist, whatever they do now (`uuid_bridge`, `intercept`). */
export function joinChannels(originator: Channel, originatee: Channel): void {
  const wait = async (signal: AbortSignal) => untilAborted(signal);
  originatee.executor.transfer([wait]);
  originator.executor.transfer([
    async () => {
      for (const channel of [originator, originatee]) if (!channel.answered) await channel.driver.answer();
      await bridgeChannels(originator, originatee);
      await parkAfter(originator);
    },
  ]);
}
