// Which slot a call gets, and what stands in it.
import { randomBytes } from 'node:crypto';
import { getAt } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { mergedDevice } from '../call/endpoints.ts';
import { mediaName } from '../call/media.ts';
import { channelVar } from '../call/state.ts';
import { type ParkData, presenceIdOf, presenceTypeOf } from './options.ts';
import { freeNumber, type Slot } from './slots.ts';

/** The slot that is named, else a free one. */
export async function chooseNumber(call: Call, data: ParkData): Promise<string> {
  return data.slot || call.state.captureGroup || freeNumber(call.database);
}

/** Whether the callflow has no slot of this number. */
export const exceeds = ({ max_slot_number: most }: ParkData, number: string): boolean =>
  most !== undefined && Number(number) > most;

interface SlotOptions {
  readonly attended?: boolean;
  readonly ringbackId?: string | undefined;
}

/** The call as it stands in the slot. */
export async function slotFor(
  call: Call,
  data: ParkData,
  number: string,
  { attended = false, ringbackId }: SlotOptions = {},
): Promise<Slot> {
  const { state } = call;
  const { user, realm } = presenceIdOf(call, data, number);
  const own = attended ? channelVar(state, 'Authorizing-ID') : undefined;
  const ringback = ringbackId ?? (await referrer(call)) ?? own;
  const merged = ringback === undefined ? undefined : await mergedDevice(call, ringback);
  const music = getAt(merged ?? (await call.database.find(state.accountId)), 'music_on_hold.media_id');
  return {
    'Call-ID': call.callId,
    Attended: attended,
    'Slot-Call-ID': randomBytes(16).toString('hex'),
    'Parker-Call-ID': data.action === 'direct_park' ? call.callId : undefined,
    'Ringback-ID': ringback,
    'Presence-ID': `${user}@${realm}`,
    'Presence-User': user,
    'Presence-Realm': realm,
    'Presence-Type': await presenceTypeOf(call, data, number),
    'Hold-Media': typeof music === 'string' ? mediaName(call, music) : undefined,
    'CID-Number': state.callerIdNumber,
    'CID-Name': state.callerIdName,
    'CID-URI': state.from,
  };
}

/** The device whose user has sent the call on. */
async function referrer(call: Call): Promise<string | undefined> {
  const by = /sips?:([^@;>]+)@/i.exec(channelVar(call.state, 'Referred-By') ?? '')?.[1];
  if (by === undefined) return undefined;
  const [row] = await call.database.view('attributes', 'sip_username', { key: decode(by) });
  return row?.id;
}

/** Percent-encoded text as it is; anything that is none stays. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
