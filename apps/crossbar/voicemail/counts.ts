// How many messages voicemail boxes have, over the months that messages are kept.

import { createHash } from 'node:crypto';
import { gregorian } from '../../../core/couch/index.ts';
import { mwiUpdate } from '../../../core/messages/presence.ts';
import { monthRows, type RestRequest, targetAccount, targetDatabase, type Window } from '../engine/index.ts';
import { tell } from '../live/tell.ts';

const day = 86_400;

/** Messages by folder. */
export interface Counts {
  readonly new: number;
  readonly saved: number;
}

/** The time in which messages are kept (`system_config/callflow` `voicemail.message_retention_duration`, days). */
export async function retention({ services }: RestRequest): Promise<Window> {
  const days = await services.systemConfig.get('callflow', 'voicemail.message_retention_duration', 93);
  const to = gregorian();
  return { from: to - days * day, to };
}

/** Most messages that are counted at once. */
const most = 100_000;

/** Counts by box; of one box, or of all of the account. */
export async function countMessages(
  request: RestRequest,
  box?: string,
): Promise<ReadonlyMap<string, Counts>> {
  const kept = await retention(request);
  const counts = new Map<string, { new: number; saved: number }>();
  for (const folder of ['new', 'saved'] as const) {
    const listing =
      box === undefined
        ? { view: 'count_per_folder', prefix: [folder] }
        : { view: 'count_per_box_folder', prefix: [box, folder] };
    const order = { start: undefined, end: undefined, descending: false };
    const rows = await monthRows(request, { design: 'mailbox_messages', ...listing }, kept, order, most);
    for (const { key } of rows) {
      const source = box ?? String((key as readonly unknown[])[2]);
      const count = counts.get(source) ?? { new: 0, saved: 0 };
      count[folder] += 1;
      counts.set(source, count);
    }
  }
  return counts;
}

/** Tells the lamps of phones what waits in these boxes now. */
export async function tellLamps(request: RestRequest, boxes: readonly string[]): Promise<void> {
  const { realm } = targetAccount(request);
  for (const id of new Set(boxes)) {
    const mailbox = (await targetDatabase(request).find(id))?.['mailbox'];
    if (realm === undefined || typeof mailbox !== 'string') continue;
    const { new: fresh, saved } = (await countMessages(request, id)).get(id) ?? { new: 0, saved: 0 };
    const address = `${mailbox}@${realm}`;
    await tell(request.services, mwiUpdate, {
      To: address,
      'Messages-New': fresh,
      'Messages-Saved': saved,
      'Messages-Waiting': fresh > 0,
      'Message-Account': address,
      'Call-ID': createHash('md5').update(address).digest('hex'),
    });
  }
}
