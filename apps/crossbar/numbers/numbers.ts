// Numbers: kept in `numbers/+1415…`, with a copy in the database of the account they belong to (contract/couch.md §§1, 3).
import { accountDatabase, numberDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { number as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import {
  exclusive,
  publicPart,
  removeCopy,
  type Services,
  storedAs,
  typed,
  writeCopy,
} from '../engine/index.ts';
import { availableFeatures, type FeaturePolicy, featured, featuresOf } from './features.ts';
import type { NumberDocument } from './states.ts';

type WithStore = Pick<Services, 'store'>;

/** A number as it is written in a path or list, in E.164. Rejects what is no number. */
export function normal(given: string): string {
  const e164 = findE164(given);
  if (e164 === undefined)
    throw new AppError('bad_identifier', { message: `not a number: ${given}`, details: { number: given } });
  return e164;
}

export async function findNumber({ store }: WithStore, e164: string): Promise<NumberDocument | undefined> {
  return typed(contract, await store.database(numberDatabase(e164)).find(e164, { fresh: true }));
}

/**
 * Writes what `decide` makes of the number (undefined when there is none yet) and brings the copies of its old and new
 * account up to date. A number that comes into the state `deleted` is removed for good. One change of a number at a time;
 * `decide` throws to refuse, or answers undefined to leave it.
 */
export async function changeNumber(
  services: WithStore,
  e164: string,
  decide: (
    before: NumberDocument | undefined,
  ) => Partial<NumberDocument> | undefined | Promise<Partial<NumberDocument> | undefined>,
): Promise<NumberDocument | undefined> {
  return exclusive(`number ${e164}`, async () => {
    const before = await findNumber(services, e164);
    const next = await decide(before);
    if (!next) return before;
    if (before && next.pvt_state === 'deleted') {
      await removeNumber(services, before);
      return { ...next, _id: e164 } as NumberDocument;
    }
    const database = await services.store.ensure(numberDatabase(e164), 'numbers');
    const saved = storedAs(
      contract,
      await database.save({ ...next, pvt_features: featuresOf(next) } as StoredDocument),
    );
    const copies = (account: string) => services.store.database(accountDatabase(account));
    if (before?.pvt_assigned_to !== undefined && before.pvt_assigned_to !== saved.pvt_assigned_to)
      await removeCopy(copies(before.pvt_assigned_to), e164);
    if (saved.pvt_assigned_to !== undefined) await writeCopy(copies(saved.pvt_assigned_to), saved);
    return saved;
  });
}

/** As `changeNumber` for a number that may be none of ours: then nothing happens. */
export function updateNumber(
  services: Services,
  e164: string,
  change: (document: NumberDocument) => Partial<NumberDocument> | undefined,
): Promise<NumberDocument | undefined> {
  return changeNumber(services, e164, (before) => (before ? change(before) : undefined));
}

/** Removes a number for good. */
async function removeNumber(services: WithStore, document: NumberDocument): Promise<void> {
  await services.store.database(numberDatabase(document._id)).remove(document._id, { hard: true });
  if (document.pvt_assigned_to !== undefined)
    await removeCopy(services.store.database(accountDatabase(document.pvt_assigned_to)), document._id);
}

/** A number as clients see it (contract/crossbar.md §6.4). */
export function shownNumber(document: NumberDocument, policy: FeaturePolicy): Record<string, unknown> {
  const { pvt_created, pvt_modified, pvt_state, pvt_used_by, pvt_features } = document;
  const features = Object.keys(pvt_features ?? {});
  const used = pvt_used_by !== undefined && { used_by: pvt_used_by };
  return {
    ...publicPart(document),
    state: pvt_state,
    features,
    ...used,
    _read_only: {
      created: pvt_created,
      modified: pvt_modified,
      state: pvt_state,
      ...used,
      features,
      features_available: availableFeatures(featured(document), policy),
      ...(document.pvt_features_allowed && { features_allowed: document.pvt_features_allowed }),
      ...(document.pvt_features_denied && { features_denied: document.pvt_features_denied }),
      ...(document.pvt_module_name && { carrier_module: document.pvt_module_name.replace(/^knm_/, '') }),
      ...(pvt_state === 'deleted' && { is_deleted: true }),
    },
  };
}
