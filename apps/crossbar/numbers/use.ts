// What a number is used for, kept beside it for the lists (contract/crossbar.md §6.2).
import { AppError } from '../../../core/errors/index.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import { caller, findAccount, type RestRequest, reaches, targetAccount } from '../engine/index.ts';
import { findNumber, updateNumber } from './numbers.ts';

/**
 * Throws `forbidden` when an account that the caller does not reach has one of the numbers that are new in a document, as
 * Kazoo does: calls to it would never come here.
 */
export async function checkUsable(
  request: RestRequest,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const { store } = request.services;
  const added = after
    .filter((number) => !before.includes(number))
    .flatMap((number) => findE164(number) ?? []);
  const foreign = await Promise.all(
    added.map(async (number) => {
      const owner = (await findNumber(request.services, number))?.pvt_assigned_to;
      const account = owner === undefined ? undefined : await findAccount(store, owner);
      return account && !reaches(caller(request), account) ? [number] : [];
    }),
  );
  const numbers = foreign.flat();
  if (numbers.length > 0)
    throw new AppError('forbidden', { message: `unauthorized to use ${numbers.join(', ')}` });
}

/** Numbers of the account that appeared are marked as used by `app`, those that went as unused. */
export async function markUse(
  request: RestRequest,
  app: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const { services } = request;
  const account = targetAccount(request)._id;
  const normal = (numbers: readonly string[]): Set<string> =>
    new Set(numbers.flatMap((number) => findE164(number) ?? []));
  const [old, now] = [normal(before), normal(after)];
  const mark = (number: string, used: boolean) =>
    updateNumber(services, number, (document) => {
      const changed = used ? document.pvt_used_by !== app : document.pvt_used_by === app;
      if (document.pvt_assigned_to !== account || !changed) return undefined;
      const { pvt_used_by: _, ...rest } = document;
      return used ? { ...rest, pvt_used_by: app } : rest;
    });
  await Promise.all([
    ...[...now].map((number) => mark(number, true)),
    ...[...old].filter((number) => !now.has(number)).map((number) => mark(number, false)),
  ]);
}
