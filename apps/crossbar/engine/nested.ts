// Paths through a user or a device of an account, e.g. `accounts/{A}/users/{U}/vmboxes`: any resource may follow
// (contract/crossbar.md §6.1). Those that make something of whose it is have endpoints of their own; to the others it must
// only be there, as with Kazoo.
import { accountDatabase, type Store } from '../../../core/couch/index.ts';
import { device, user } from '../../../core/documents/index.ts';
import { load } from './documents.ts';
import type { AccountDocument } from './request.ts';

const documents = { users: user, devices: device } as const;

/** What a path leads through. */
export interface Through {
  readonly kind: keyof typeof documents;
  readonly id: string;
}

const nested = /^(\/accounts\/[^/]+)\/(users|devices)\/([^/]+)(\/.+)$/;

/** The path without the user or the device that it leads through; undefined for any other path. */
export function withoutThrough(
  path: string,
): { readonly path: string; readonly through: Through } | undefined {
  const [, account = '', kind, id = '', rest = ''] = nested.exec(path) ?? [];
  if (kind === undefined) return undefined;
  return { path: account + rest, through: { kind: kind as Through['kind'], id } };
}

/** Rejects with `bad_identifier` when the account has no such user or device. */
export async function checkThrough(
  store: Pick<Store, 'database'>,
  account: AccountDocument | undefined,
  { kind, id }: Through,
): Promise<void> {
  if (account) await load(store.database(accountDatabase(account._id)), documents[kind], id);
}
