// An account as clients see it: its public part, and what is worked out for who asks (contract/crossbar.md §6.1).
import { gregorian } from '../../../core/couch/index.ts';
import {
  type AccountDocument,
  caller,
  type DataReply,
  findAccount,
  flag,
  isReseller,
  publicPart,
  type RestRequest,
  resellerOf,
} from '../engine/index.ts';

/** Keys that clients send back and that are not stored. */
export const computedFields = [
  'wnm_allow_additions',
  'superduper_admin',
  'created',
  'reseller_id',
  'is_reseller',
  'billing_mode',
  'notification_preference',
  'trial_time_left',
  'api_key',
];

export async function shownAccount(request: RestRequest, account: AccountDocument): Promise<DataReply> {
  const withKey = flag(request, 'include_api_key') && caller(request).admin;
  const { pvt_notification_preference: preference, pvt_trial_expires: trial } = account;
  return {
    data: {
      ...publicPart(account),
      enabled: account.pvt_enabled !== false,
      wnm_allow_additions: account.pvt_wnm_allow_additions === true,
      superduper_admin: account.pvt_superduper_admin === true,
      created: account.pvt_created,
      is_reseller: isReseller(account),
      ...(account.pvt_reseller_id && { reseller_id: account.pvt_reseller_id }),
      billing_mode: await billingMode(request, account),
      ...(preference !== undefined && { notification_preference: preference }),
      ...(trial !== undefined && { trial_time_left: trial - gregorian() }),
      ...(withKey && { api_key: account.pvt_api_key }),
    },
    revision: account._rev,
  };
}

/**
 * What a user interface shows of money: to who sells to the account its limits alone, to customers of the master account
 * everything, to those of other resellers nothing, because these write their own bills.
 */
async function billingMode(
  request: RestRequest,
  account: AccountDocument,
): Promise<'limits_only' | 'normal' | 'manual'> {
  const sellerId = resellerOf(account);
  if (caller(request).account._id === sellerId) return 'limits_only';
  const seller = await findAccount(request.services.store, sellerId);
  return seller?.pvt_superduper_admin === true ? 'normal' : 'manual';
}
