// Which hooks want an event: those of its account, and those of the accounts above that include the ones below.
import type { AppContext } from '../../core/app/index.ts';
import type { AnyMessage, MessageOf } from '../../core/contract/index.ts';
import { account as accountContract } from '../../core/documents/index.ts';
import { type AccountDocument, type Hook, isHook, type Payload, type Source } from './hooks/source.ts';

/** An event and who is to be told. */
export interface Told {
  readonly payload: Payload;
  readonly hooks: readonly Hook[];
}

/** Undefined when nobody wants to hear of it. Reads of a warm process are answered by the cache of the store. */
export async function subscribers(
  store: AppContext['store'],
  source: Source,
  message: MessageOf<AnyMessage>,
): Promise<Told | undefined> {
  const accountId = source.accountOf(message);
  if (accountId === undefined) return undefined;
  const account = (await store.database('accounts').find(accountId)) as AccountDocument | undefined;
  if (account?.pvt_type !== accountContract.type) return undefined;
  const name = source.hookOf(message);
  const above = (account.pvt_tree ?? []).filter((id) => id !== accountId);
  const found = await Promise.all([
    hooksOf(store, accountId),
    ...above.map(async (id) =>
      (await hooksOf(store, id)).filter(({ include_subaccounts }) => include_subaccounts === true),
    ),
  ]);
  const hooks = found
    .flat()
    .filter((hook) => hook.enabled !== false && (hook.hook === name || hook.hook === 'all'))
    .filter((hook) => source.wanted?.(hook, message) ?? true);
  return hooks.length === 0 ? undefined : { payload: source.payloadOf(message, account), hooks };
}

async function hooksOf(store: AppContext['store'], account: string): Promise<Hook[]> {
  const rows = await store
    .database('webhooks')
    .view('webhooks', 'accounts_listing', { key: account, reduce: false, includeDocs: true });
  return rows.flatMap(({ doc }) => (isHook(doc) ? [doc] : []));
}
