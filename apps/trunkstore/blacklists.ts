// Whom an account does not want to hear of: its blacklists, and callers without a number.
import type { AppContext } from '../../core/app/index.ts';
import type { MessageOf } from '../../core/contract/index.ts';
import { accountDatabase } from '../../core/couch/index.ts';
import type { routeReq } from '../../core/messages/route.ts';
import { type Numbering, toE164, toNpan } from '../../core/telephony/index.ts';
import { address, record, texts } from './fields.ts';
import type { OwnedNumber } from './numbers.ts';

export interface Blocked {
  readonly code: 433 | 603;
  readonly text: string;
  readonly outcome: 'anonymous' | 'blacklisted';
}

/** Why the owner of the number does not take this caller, or undefined when it does (contract/kapi.md §4, step 5a). */
export async function blockedBy(
  { store, systemConfig }: Pick<AppContext, 'store' | 'systemConfig'>,
  { accountId, account }: OwnedNumber,
  request: MessageOf<typeof routeReq>,
  numbers: Numbering,
): Promise<Blocked | undefined> {
  const database = store.database(accountDatabase(accountId));
  const lists = (await Promise.all(texts(account['blacklists']).map((id) => database.find(id)))).map(record);
  if (isAnonymous(request)) {
    const everywhere = await systemConfig.get('privacy', 'block_anonymous_caller_id', false);
    const blocks = everywhere || lists.some((list) => list['should_block_anonymous'] === true);
    return blocks ? { code: 433, text: 'Anonymity Disallowed', outcome: 'anonymous' } : undefined;
  }
  const caller = callerOf(request);
  const spellings = [caller, toE164(caller, numbers), toNpan(caller, numbers)];
  const listed = lists.some(({ numbers: own }) => spellings.some((it) => Object.hasOwn(record(own), it)));
  return listed ? { code: 603, text: 'Decline', outcome: 'blacklisted' } : undefined;
}

const callerOf = (request: MessageOf<typeof routeReq>): string =>
  request['Caller-ID-Number'] ?? address(request.From).user;

/** True for a caller that hides its number (RFC 3323 `anonymous`, and what switches write instead). */
function isAnonymous(request: MessageOf<typeof routeReq>): boolean {
  return /^(anonymous|restricted|private|unavailable|unknown|0*)$/i.test(callerOf(request));
}
