// To whom a mail goes: whom the event names, whom the template names, or the administrators of the account.
import { isRecord } from '../../core/contract/index.ts';
import { accountDatabase, type Store } from '../../core/couch/index.ts';
import type { Notification, Values } from './values.ts';

const isAddress = (value: unknown): value is string =>
  typeof value === 'string' && /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(value);

/** The addresses among some values, each once. */
export function addresses(...given: readonly unknown[]): string[] {
  return [...new Set(given.flat(3).filter(isAddress))];
}

/** `to`, `cc` or `bcc` of a template as addresses. */
export async function recipients(
  store: Store,
  rule: unknown,
  told: Notification,
  values: Values,
): Promise<string[]> {
  const { type, email_addresses } = isRecord(rule) ? rule : {};
  if (type === 'specified') return addresses(email_addresses);
  if (type === 'admins') return adminsOf(store, await lookedAfterBy(store, told));
  if (type !== 'original') return [];
  // News for another account goes to those who look after it.
  return told['Recipient-ID'] === undefined ? originals(told, values) : adminsOf(store, told['Recipient-ID']);
}

/** The account whose administrators are told: of a new one, which has none yet, that of who sells to it. */
async function lookedAfterBy(store: Store, told: Notification): Promise<unknown> {
  if (told['Event-Name'] !== 'new_account') return told['Account-ID'];
  const account = await store.database('accounts').find(String(told['Account-ID']));
  return account?.['pvt_reseller_id'] ?? told['Account-ID'];
}

function originals(told: Notification, { user, voicemail }: Values): string[] {
  const { email } = isRecord(told['Fax-Notifications']) ? told['Fax-Notifications'] : {};
  const sendTo = isRecord(email) ? email['send_to'] : undefined;
  const named = addresses(
    told['To'],
    told['Email'],
    sendTo,
    told['Fax-From-Email'],
    voicemail['notify_email_addresses'],
  );
  return named.length > 0 && !('Voicemail-Box' in told) ? named : addresses(named, user['email']);
}

export async function adminsOf(store: Store, account: unknown): Promise<string[]> {
  if (typeof account !== 'string') return [];
  const rows = await store
    .database(accountDatabase(account))
    .view('users', 'crossbar_listing', { includeDocs: true });
  const admins = rows.flatMap(({ doc }) => (doc?.['priv_level'] === 'admin' ? [doc] : []));
  return addresses(admins.filter((user) => user['enabled'] !== false).map((user) => user['email']));
}
