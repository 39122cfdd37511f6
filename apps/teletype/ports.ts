// What a mail of a port request may name, as Kazoo's templates do, and whom it is for: who asked, and who carries it out.
import { buffer } from 'node:stream/consumers';
import { isRecord } from '../../core/contract/index.ts';
import { accountDatabase, fromGregorian, type Store, type StoredDocument } from '../../core/couch/index.ts';
import { zoneClock } from '../../core/telephony/index.ts';
import { addresses, adminsOf } from './recipients.ts';
import type { Attached } from './smtp.ts';
import type { Notification } from './values.ts';

type Json = Record<string, unknown>;

/** Mails that whoever carries the port out gets too. */
const authorityTemplates = new Set(['port_cancel', 'port_comment', 'port_rejected', 'port_request']);

/** Mails that the papers of the request go with. */
const withPapers = new Set(['port_request', 'port_request_admin']);

const inside = (value: unknown): Json => (isRecord(value) ? value : {});

/** The request that a notification is about; undefined when it is about none, or names one of another account. */
export async function portOf(store: Store, told: Notification): Promise<StoredDocument | undefined> {
  const id = told['Port-Request-ID'];
  if (typeof id !== 'string') return undefined;
  const found = await store.database('port_requests').find(id);
  return found?.['pvt_account_id'] === told['Account-ID'] ? found : undefined;
}

/** Whether what is told is between those who carry ports out. */
export const isPrivate = (told: Notification): boolean => inside(told['Comment'])['is_private'] === true;

/** Where the people who asked for the numbers want to be told; else the administrators of the account. */
export async function askersOf(store: Store, told: Notification, port: StoredDocument): Promise<string[]> {
  const named = addresses(inside(inside(port['notifications'])['email'])['send_to']);
  return named.length > 0 ? named : adminsOf(store, told['Account-ID']);
}

/** The port desk of the account that carries the request out, else its administrators; nobody where it need not know. */
export async function authorityOf(store: Store, told: Notification, port: StoredDocument): Promise<string[]> {
  const authority = port['pvt_port_authority'];
  if (typeof authority !== 'string' || !authorityTemplates.has(String(told['Event-Name']))) return [];
  const branding = await store.database(accountDatabase(authority)).find('whitelabel');
  const desk = addresses(inside(branding?.['port'])['support_email']);
  return desk.length > 0 ? desk : adminsOf(store, authority);
}

/** The papers of a request that go with a mail of the template: its bills, the letter of authorization. */
export async function papersOf(store: Store, template: string, port: StoredDocument): Promise<Attached[]> {
  if (!withPapers.has(template)) return [];
  const database = store.database('port_requests');
  const papers: Attached[] = [];
  for (const filename of Object.keys(port._attachments ?? {})) {
    const { body, contentType } = await database.attachment(port._id, filename);
    papers.push({ filename, contentType, content: await buffer(body) });
  }
  return papers;
}

/** `port_request` of templates. */
export async function portValues(
  store: Store,
  told: Notification,
  port: StoredDocument,
  timezone: unknown,
): Promise<Json> {
  const at = (seconds: unknown) => dateIn(seconds, timezone);
  const numbers = inside(port['pvt_ported_numbers'] ?? port['numbers']);
  const bill = inside(port['bill']);
  const authority = port['pvt_port_authority'];
  const carrier = await store.database('accounts').find(String(authority));
  const said = async (value: unknown) =>
    isRecord(value) ? { ...value, ...(await authorOf(store, value)) } : undefined;
  const [comment, reason] = [await said(told['Comment']), await said(told['Reason'])];
  const isOver = (one: unknown): boolean => inside(inside(one)['transition'])['new'] === 'completed';
  const done = [port['pvt_transitions']].flat().find(isOver);
  return {
    ...Object.fromEntries(Object.entries(port).filter(([key]) => !/^(_|pvt_|ui_|comments$)/.test(key))),
    id: port._id,
    port_state: port['pvt_port_state'],
    numbers: Object.keys(numbers),
    port_authority: { id: authority, name: carrier?.['name'] },
    customer_contact: inside(inside(port['notifications'])['email'])['send_to'],
    losing_carrier: bill['carrier'] ?? 'unknown carrier',
    winning_carrier: port['winning_carrier'] ?? 'unknown carrier',
    created: at(port['pvt_created']),
    requested_port_date: at(port['transfer_date']),
    port_scheduled_date: at(port['scheduled_date']),
    signing_date: at(port['signing_date']),
    ported_date: at(inside(done)['timestamp']),
    ...(comment && { comment: { ...comment, date: at(comment['timestamp']) } }),
    ...(reason && {
      transition_reason: { content: reason['content'], date: at(reason['timestamp']), user: reason },
    }),
  };
}

/** Who said something, by the ids that stand with it. */
async function authorOf(store: Store, { account_id, user_id, author }: Json): Promise<Json> {
  const isKnown = typeof account_id === 'string' && typeof user_id === 'string';
  const user = isKnown
    ? await store
        .database(accountDatabase(account_id))
        .find(user_id)
        .catch(() => undefined)
    : undefined;
  const name = [user?.['first_name'], user?.['last_name']]
    .filter((part) => typeof part === 'string')
    .join(' ');
  return {
    author: name || author || 'An agent',
    ...(user && { first_name: user['first_name'], last_name: user['last_name'], email: user['email'] }),
  };
}

/** A time as Kazoo's templates know it: `{timestamp, utc, local, timezone}`; undefined for none. */
function dateIn(seconds: unknown, wanted: unknown): Json | undefined {
  if (typeof seconds !== 'number') return undefined;
  const at = fromGregorian(seconds);
  const timezone = typeof wanted === 'string' && zoneClock(wanted) ? wanted : 'UTC';
  return { timestamp: seconds, utc: zoneClock('UTC')?.(at), local: zoneClock(timezone)?.(at), timezone };
}
