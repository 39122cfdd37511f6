// The number that an emergency service would call back: in E.164, whatever form it was sent in (contract/crossbar.md §4).
import { findE164 } from '../../../core/telephony/index.ts';

/** What of accounts, users and devices this is about. */
interface WithCallerId {
  caller_id?: { emergency?: { number?: string } };
}

/** Puts it right in a document that is about to be stored; what is no number, as an extension, stays. */
export function normalizeEmergency({ caller_id }: WithCallerId): void {
  const emergency = caller_id?.emergency;
  if (emergency?.number !== undefined) emergency.number = findE164(emergency.number) ?? emergency.number;
}
