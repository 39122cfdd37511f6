// Parking slots of an account: documents `parking-slot-<number>`, each with the call that is parked there (contract/callflow.md §5).
import { isRecord } from '../../../core/contract/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { parkedCall } from '../../../core/documents/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import type { Call } from '../call/call.ts';

/** Who is parked, with Kazoo's keys. */
export interface Slot {
  readonly 'Call-ID': string;
  /** The parker still holds the place for a call that he is about to transfer. */
  readonly Attended: boolean;
  readonly 'Slot-Call-ID': string;
  readonly 'Parker-Call-ID'?: string | undefined;
  /** The device that is rung when nobody comes. */
  readonly 'Ringback-ID'?: string | undefined;
  readonly 'Presence-ID': string;
  readonly 'Presence-User': string;
  readonly 'Presence-Realm': string;
  readonly 'Presence-Type': string;
  readonly 'Hold-Media'?: string | undefined;
  readonly 'CID-Number': string;
  readonly 'CID-Name': string;
  readonly 'CID-URI': string;
  readonly 'Switch-URI'?: string | undefined;
  readonly 'From-Tag'?: string | undefined;
  readonly 'To-Tag'?: string | undefined;
  readonly Node?: string | undefined;
}

const prefix = 'parking-slot-';
// Slots are counted from here on.
const firstFree = 101;
const attempts = 5;

/** Who is in the slot. */
export async function findSlot(database: Database, number: string): Promise<Slot | undefined> {
  return slotOf(await database.find(prefix + number, { fresh: true }));
}

/** The slot that a call is in. */
export async function slotOfCall(
  database: Database,
  callId: string,
): Promise<{ readonly number: string; readonly slot: Slot } | undefined> {
  const [row] = await database.view('parking', 'parked_call', { key: callId, fresh: true });
  const slot = row && slotOf(await database.find(row.id, { fresh: true }));
  return slot && row ? { number: row.id.slice(prefix.length), slot } : undefined;
}

/** The lowest number that nobody is parked at. */
export async function freeNumber(database: Database): Promise<string> {
  const rows = await database.view('parking', 'parked_calls', { includeDocs: true, fresh: true });
  const taken = new Set(rows.filter(({ doc }) => slotOf(doc)).map(({ id }) => id.slice(prefix.length)));
  let number = firstFree;
  while (taken.has(String(number))) number += 1;
  return String(number);
}

/** Puts a call into a slot; false when another call that lives is there. Of several who try at once, one wins. */
export async function occupy(call: Call, number: string, slot: Slot): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await call.database.find(prefix + number, { fresh: true });
    const there = slotOf(found);
    if (there && there['Call-ID'] !== slot['Call-ID'] && (await call.isAlive(there['Call-ID']))) return false;
    try {
      await call.database.save({
        ...found,
        _id: prefix + number,
        pvt_type: parkedCall.type,
        slot: { ...slot },
      });
      return true;
    } catch (error) {
      if (!hasCode(error, 'datastore_conflict') || attempt === attempts) throw error;
    }
  }
}

/** Empties the slot if it is this call that is in it; gives who it was. */
export async function leave(database: Database, number: string, callId: string): Promise<Slot | undefined> {
  let left: Slot | undefined;
  try {
    await database.update(prefix + number, (document) => {
      const slot = slotOf(document);
      left = slot?.['Call-ID'] === callId ? slot : undefined;
      if (!left) return undefined;
      const { slot: _empty, ...rest } = document;
      return rest as StoredDocument;
    });
  } catch (error) {
    if (!hasCode(error, 'not_found')) throw error;
  }
  return left;
}

function slotOf(document: StoredDocument | undefined): Slot | undefined {
  const slot = document?.['slot'];
  return isSlot(slot) ? slot : undefined;
}

/** What stands there was written by us or by Kazoo, whole; an emptied one has no call. */
const isSlot = (value: unknown): value is Slot => isRecord(value) && typeof value['Call-ID'] === 'string';
