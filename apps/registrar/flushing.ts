// Tells the edges to forget a user when the documents behind the user name change.
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AppContext } from '../../core/app/index.ts';
import { getAt } from '../../core/contract/index.ts';
import { type DocumentChange, rawName, type StoredDocument } from '../../core/couch/index.ts';
import { regFlush } from '../../core/messages/registration.ts';
import { type Credentials, isDisabled } from './credentials.ts';
import { text } from './identity.ts';
import type { Registrations } from './registrations.ts';

/** A user name that edges may know of, and which state of which document they know. */
interface Known {
  readonly realm: string;
  readonly username: string;
  readonly fingerprint: string;
}

export interface Flushing {
  /** A user was let in: what the edges now know. */
  learned(credentials: Credentials): void;
  stop(): void;
}

/**
 * Follows `store.onChange`. Another password, a name that went or a disabled document removes the bindings;
 * any other change of a device only makes the edges ask again.
 */
export function startFlushing(context: AppContext, registrations: Registrations): Flushing {
  const known = new LRUCache<string, readonly Known[]>({ max: 100_000 });
  const flush = (realm: string, username: string | undefined, cacheOnly: boolean): void => {
    context.log.info('registrations flushed', { realm, username, cacheOnly });
    context.bus
      .publish(regFlush, { Realm: realm, Username: username, 'Cache-Only': cacheOnly || undefined })
      .catch((error: unknown) =>
        context.log.error('a flush could not be published', { realm, username, error }),
      );
  };
  const onDocument = async (change: DocumentChange): Promise<void> => {
    const variable = variableOf[change.type ?? ''];
    if (variable === undefined) return;
    const users = usersBehind(known.get(change.id) ?? [], registrations, variable, change.id);
    if (users.length === 0) return;
    const document = await context.store.database(rawName(change.database)).find(change.id);
    if (change.type === 'account') {
      const realm = text(document, 'realm')?.toLowerCase();
      const realms = new Set(users.map((user) => user.realm));
      for (const old of realms) if (isOver(document) || old !== realm) flush(old, undefined, false);
      return;
    }
    const fingerprint = document && fingerprintOf(document);
    for (const user of users) {
      if (isOver(document) || (change.type === 'device' && !bears(document, user.username)))
        flush(user.realm, user.username, false);
      else if (user.fingerprint === undefined) flush(user.realm, user.username, true);
      else if (change.type !== 'user' && user.fingerprint !== fingerprint)
        flush(user.realm, user.username, false);
      else if (change.type !== 'user') flush(user.realm, user.username, true);
    }
  };
  const unsubscribe = context.store.onChange((change) => {
    onDocument(change).catch((error: unknown) =>
      context.log.error('a changed document could not be read: edges may know old credentials', {
        id: change.id,
        error,
      }),
    );
  });
  return {
    learned: ({ document, owner, account, realm, username }) => {
      const user = { realm: realm.toLowerCase(), username, fingerprint: fingerprintOf(document) };
      for (const it of [document, owner, account]) if (it) remember(known, it._id, user);
    },
    stop: unsubscribe,
  };
}

/** Document types that matter, and the channel variable of a registration in which their id stands. */
const variableOf: Readonly<Record<string, string>> = {
  device: 'Authorizing-ID',
  sys_info: 'Authorizing-ID',
  user: 'Owner-ID',
  account: 'Account-ID',
};

function remember(known: LRUCache<string, readonly Known[]>, id: string, user: Known): void {
  const others = (known.get(id) ?? []).filter(
    ({ realm, username }) => realm !== user.realm || username !== user.username,
  );
  known.set(id, [...others, user]);
}

type Behind = Omit<Known, 'fingerprint'> & { readonly fingerprint?: string };

/** Those who were let in by this process, and those who are registered: it may have restarted since. */
function usersBehind(
  known: readonly Known[],
  registrations: Registrations,
  variable: string,
  id: string,
): Behind[] {
  const users = new Map<string, Behind>();
  for (const { Realm, Username } of registrations.having(variable, id))
    users.set(`${Username}@${Realm}`.toLowerCase(), { realm: Realm.toLowerCase(), username: Username });
  for (const user of known) users.set(`${user.username}@${user.realm}`.toLowerCase(), user);
  return [...users.values()];
}

const isOver = (document: StoredDocument | undefined): boolean =>
  document === undefined || isDisabled(document);

const bears = (document: StoredDocument | undefined, username: string): boolean =>
  text(document, 'sip.username')?.toLowerCase() === username.toLowerCase();

/** Of what a sign-in depends on; a digest, for passwords have no place in a memory of this kind. */
function fingerprintOf(document: StoredDocument): string {
  const parts = [document['sip'], getAt(document, 'servers'), document['enabled']];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
