// The mails that a notification becomes: one to whom its template says; of a port request another to who carries it out.
import { isRecord } from '../../core/contract/index.ts';
import type { Store, StoredDocument } from '../../core/couch/index.ts';
import { askersOf, authorityOf, isPrivate } from './ports.ts';
import { recipients } from './recipients.ts';
import type { Mail } from './smtp.ts';
import type { Notification, Values } from './values.ts';

/** To whom one mail goes. */
export interface Envelope extends Pick<Mail, 'to' | 'cc' | 'bcc'> {
  /** Whether the account may read it in its log of mails: not what others were told of it. */
  readonly isLogged: boolean;
}

/** What is asked for who gets a mail. */
export interface Addressed {
  readonly store: Store;
  /** Name of the template. */
  readonly id: string;
  /** Its document. */
  readonly document: StoredDocument;
  readonly told: Notification;
  readonly values: Values;
  /** The port request that the mail is about. */
  readonly port: StoredDocument | undefined;
}

/** One envelope at least, which may name nobody. A preview goes to who asked for it alone. */
export async function envelopesOf(addressed: Addressed, isPreview: boolean): Promise<Envelope[]> {
  const { store, told, port } = addressed;
  if (isPreview && typeof told['To'] === 'string')
    return [{ to: [told['To']], cc: [], bcc: [], isLogged: true }];
  const to = await namedBy(addressed, 'to');
  const [cc, bcc] = isPreview ? [[], []] : [await namedBy(addressed, 'cc'), await namedBy(addressed, 'bcc')];
  const ordinary = { to, cc, bcc, isLogged: true };
  if (!port || isPreview) return [ordinary];
  const copy = { to: await authorityOf(store, told, port), cc: [], bcc: [], isLogged: false };
  if (isPrivate(told)) return [copy];
  const named = [ordinary, copy].filter((one) => one.to.length > 0);
  return named.length > 0 ? named : [ordinary];
}

async function namedBy(
  { store, id, document, told, values, port }: Addressed,
  field: 'to' | 'cc' | 'bcc',
): Promise<string[]> {
  const rule = document[field];
  const isOriginal = port !== undefined && isRecord(rule) && rule['type'] === 'original';
  // This one has the details for who carries the port out, and for nobody else unless the template names them.
  if (isOriginal && id === 'port_request_admin') return [];
  return isOriginal ? askersOf(store, told, port) : recipients(store, rule, told, values);
}
