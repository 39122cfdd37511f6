// Rules that narrow what a token may do, in Kazoo's form (contract/crossbar.md §5): of the account or the system for the
// way somebody logged in, and of the role that a user bears.
import { getAt, isRecord, type Static } from '../../../core/contract/index.ts';
import { accountDatabase, type Reads } from '../../../core/couch/index.ts';
import type { role } from '../../../core/documents/index.ts';
import { token_restrictions } from '../../../core/documents/index.ts';
import type { AccountDocument, Services } from '../engine/request.ts';

/** Rules by endpoint. */
export type EndpointRules = Static<(typeof role)['fields']['rules']>;

/** What is asked for, as rules see it: the last noun of the path and what stands behind it. */
export interface Asked {
  readonly endpoint: string;
  readonly parameters: readonly string[];
  readonly verb: string;
  readonly callers: AccountDocument;
  readonly account: AccountDocument | undefined;
}

const any = '_';

/** Whether the rules let a request through. What no rule names is refused. */
export function permits(restrictions: EndpointRules, asked: Asked): boolean {
  const own = Object.hasOwn(restrictions, asked.endpoint) ? restrictions[asked.endpoint] : restrictions[any];
  const names = namesOf(asked);
  const found = own?.find(({ allowed_accounts: allowed = [any] }) =>
    allowed.some((one) => names.includes(one)),
  );
  const [, verbs = []] =
    Object.entries(found?.rules ?? {}).find(([pattern]) =>
      fits(pattern.split('/').filter(Boolean), asked.parameters),
    ) ?? [];
  return verbs.some((verb) => verb === any || verb === asked.verb);
}

/** What `allowed_accounts` may call the account that is asked about. */
function namesOf({ callers, account }: Asked): string[] {
  if (!account || account._id === callers._id) return [any, callers._id, '{AUTH_ACCOUNT_ID}'];
  const isBelow = account.pvt_tree?.includes(callers._id) === true;
  return [any, account._id, ...(isBelow ? ['{DESCENDANT_ACCOUNT_ID}'] : [])];
}

/** `*` is one part of a path, `#` any number of them. */
function fits([head, ...pattern]: readonly string[], parts: readonly string[]): boolean {
  if (head === undefined) return parts.length === 0;
  if (head === '#') return parts.some((_, at) => fits(pattern, parts.slice(at))) || fits(pattern, []);
  return parts.length > 0 && (head === '*' || head === parts[0]) && fits(pattern, parts.slice(1));
}

/** The rules for tokens of a method and a level of privilege: the account's, else the system's, else none. */
export async function restrictionsFor(
  { store, systemConfig }: Pick<Services, 'systemConfig'> & { readonly store: Reads },
  account: AccountDocument,
  method: string,
  privLevel: string,
): Promise<EndpointRules | undefined> {
  const own = await store.database(accountDatabase(account._id)).find(token_restrictions.type);
  const system = await systemConfig.get<object>('crossbar', 'token_restrictions', {});
  for (const byMethod of [own?.['restrictions'], system]) {
    const rules = pick(pick(byMethod, method), privLevel);
    if (rules) return rules as EndpointRules;
  }
  return undefined;
}

function pick(rules: unknown, name: string): Readonly<Record<string, unknown>> | undefined {
  const found = getAt(rules, name) ?? getAt(rules, any);
  return isRecord(found) ? found : undefined;
}
