// What the switch knows of its channels right now: used when events may have been missed.
import { isRecord } from '../../core/contract/index.ts';
import {
  parseEvent,
  type SwitchClient,
  type SwitchEvent,
  saysGone,
  uuid,
  variable,
} from './freeswitch/index.ts';

/** All headers of a live channel, undefined when it is gone. */
export async function dumpOf(client: SwitchClient, callId: string): Promise<SwitchEvent | undefined> {
  try {
    return parseEvent(await client.api(`uuid_dump ${uuid(callId)} json`));
  } catch (error) {
    if (saysGone(error)) return undefined;
    throw error;
  }
}

// On its way into a bridge that others have ordered (`uuid_bridge`): it was called off whatever it did.
const isJoining = /^CS_(HIBERNATE|RESET|SOFT_EXECUTE)$/;

/**
 * Whom a channel talks to, or is about to, as its dump says. The switch clears `bridge_to` when a bridge ends, unless the other
 * leg was gone before it began: the caller of this looks whether that lives. The application says nothing: what is played
 * into a bridge takes the place of `bridge`, and who was joined by `uuid_bridge` runs none.
 */
export const partnerIn = (dump: SwitchEvent): string | undefined =>
  variable(dump, 'bridge_to') ??
  (isJoining.test(dump['Channel-State'] ?? '') ? variable(dump, 'signal_bond') : undefined);

/** The ids of all live channels. */
export async function liveChannels(client: SwitchClient): Promise<string[]> {
  const listing: unknown = JSON.parse(await client.api('show channels as json', 20_000));
  const rows = isRecord(listing) && Array.isArray(listing['rows']) ? listing['rows'] : [];
  return rows.flatMap((row) => (isRecord(row) && typeof row['uuid'] === 'string' ? [row['uuid']] : []));
}
