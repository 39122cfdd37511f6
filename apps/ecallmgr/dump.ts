// What the switch knows of its channels right now: used when events may have been missed.
import { isRecord } from '../../core/contract/index.ts';
import { parseEvent, type SwitchClient, type SwitchEvent, saysGone, uuid } from './freeswitch/index.ts';

/** All headers of a live channel, undefined when it is gone. */
export async function dumpOf(client: SwitchClient, callId: string): Promise<SwitchEvent | undefined> {
  try {
    return parseEvent(await client.api(`uuid_dump ${uuid(callId)} json`));
  } catch (error) {
    if (saysGone(error)) return undefined;
    throw error;
  }
}

/** The ids of all live channels. */
export async function liveChannels(client: SwitchClient): Promise<string[]> {
  const listing: unknown = JSON.parse(await client.api('show channels as json', 20_000));
  const rows = isRecord(listing) && Array.isArray(listing['rows']) ? listing['rows'] : [];
  return rows.flatMap((row) => (isRecord(row) && typeof row['uuid'] === 'string' ? [row['uuid']] : []));
}
