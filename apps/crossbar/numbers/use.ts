// What a number is used for, kept beside it for the lists (contract/crossbar.md §6.2).
import { findE164 } from '../../../core/telephony/index.ts';
import { type RestRequest, targetAccount } from '../engine/index.ts';
import { updateNumber } from './numbers.ts';

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
