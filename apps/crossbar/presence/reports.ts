// Reports of lamps that were reset: who watched them then. An operator is told, with a link that needs no token.
import { monthDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { presenceReport } from '../../../core/documents/index.ts';
import { systemAlert } from '../../../core/messages/notification.ts';
import {
  auditFields,
  disposition,
  loadOfMonth,
  magicPath,
  newMonthId,
  type RawReply,
  type RestRequest,
  targetAccount,
} from '../engine/index.ts';
import { tell } from '../live/tell.ts';
import { subscriptionsOf } from './subscriptions.ts';

const prefix = 'report-';
const week = 7 * 86_400;

export const isReport = (extension: string): boolean => extension.startsWith(prefix);

/** A report as a file. Rejects with `bad_identifier` when the account has none of that name. */
export async function readReport(request: RestRequest, name: string): Promise<RawReply> {
  const { subscriptions } = await loadOfMonth(request, presenceReport, name.slice(prefix.length));
  return {
    body: JSON.stringify({ subscriptions }),
    contentType: 'application/json',
    headers: { 'content-disposition': disposition(`${name}.json`) },
  };
}

/** Keeps who watches these lamps, before they are reset, and tells an operator of it. Its name below `presence/`. */
export async function tellOfReport(request: RestRequest, presence_ids: readonly string[]): Promise<string> {
  const { services, id: requestId, headers, scheme } = request;
  const account = targetAccount(request)._id;
  const [only, ...others] = presence_ids;
  const subscriptions = await subscriptionsOf(request, 'detail', others.length === 0 ? only : undefined);
  const now = new Date();
  const id = newMonthId(now);
  await services.store.database(monthDatabase(account, now)).save({
    _id: id,
    pvt_type: presenceReport.type,
    ...auditFields(request),
    presence_ids,
    subscriptions,
  } as object as StoredDocument);
  const name = `${prefix}${id}`;
  const lifetime = await services.systemConfig.get('crossbar.presence', 'report_link_expiry_s', week);
  const path = `/v2/accounts/${account}/presence/${name}`;
  const link = magicPath(services.secrets.systemSecret, path, Math.floor(now.getTime() / 1000) + lifetime);
  await tell(services, systemAlert, {
    Subject: `presence reset for account ${account}`,
    Message: `presence reset received for ${presence_ids.join(', ')}`,
    'Account-ID': account,
    'Request-ID': requestId,
    'Attachment-URL': `${scheme}://${headers.host ?? services.node}/${link}`,
    Details: { 'Report-ID': id, Node: services.node },
  });
  return name;
}
