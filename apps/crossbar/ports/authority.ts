// Who carries a port out: the account that a branding names for it, else the master account (Kazoo's kzd_port_requests).
import { isRecord } from '../../../core/contract/index.ts';
import { accountDatabase, type Store } from '../../../core/couch/index.ts';
import { whitelabel } from '../../../core/documents/index.ts';
import { type AccountDocument, findAccount, typed } from '../engine/index.ts';

export interface Authority {
  readonly id: string;
  readonly name: string | undefined;
}

/**
 * The `port.authority` of the nearest branding, of the account or of one above it. It counts only when it is an account
 * above: whoever asks for numbers does not say that they came.
 */
export async function portAuthority(
  store: Store,
  { _id, name, pvt_tree = [] }: AccountDocument,
): Promise<Authority> {
  for (const account of [_id, ...pvt_tree.toReversed()]) {
    const branding = typed(whitelabel, await store.database(accountDatabase(account)).find(whitelabel.type));
    const named = isRecord(branding?.port) ? branding.port['authority'] : undefined;
    const id = pvt_tree.find((above) => above === named);
    if (id !== undefined) return withName(store, id);
  }
  const [master] = pvt_tree;
  return master === undefined ? { id: _id, name } : withName(store, master);
}

async function withName(store: Store, id: string): Promise<Authority> {
  return { id, name: (await findAccount(store, id))?.name };
}
