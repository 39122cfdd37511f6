// The database of a zone, as somebody beside the zone would read it.
import { accountDatabase, monthDatabase } from '../../core/couch/index.ts';
import type { Zone } from './zone.ts';

export type Stored = Record<string, unknown> & { readonly _id: string };

/** Where the database of a zone is, and how it is asked. */
export function addressOf({ settings }: Zone): {
  readonly url: string;
  readonly user: string;
  readonly password: string;
} {
  const {
    urls = [],
    port,
    user = 'admin',
    password = 'mirliton',
  } = settings['store'] as {
    urls?: string[];
    port?: number;
    user?: string;
    password?: string;
  };
  return { url: urls[0] ?? `http://127.0.0.1:${port}`, user, password };
}

/** As the header of a request. */
export const basic = ({ user, password }: { readonly user: string; readonly password: string }): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function read(zone: Zone, path: string): Promise<Response> {
  const address = addressOf(zone);
  return fetch(`${address.url}/${path}`, { headers: { authorization: basic(address) } });
}

/** The documents of a type in the account's database of this month; none while there is no such database. */
export const documentsOfMonth = (zone: Zone, account: string, type: string): Promise<Stored[]> =>
  documentsIn(zone, monthDatabase(account, new Date()), type);

/** The documents of a type in the account's own database. */
export const documentsOfAccount = (zone: Zone, account: string, type: string): Promise<Stored[]> =>
  documentsIn(zone, accountDatabase(account), type);

async function documentsIn(zone: Zone, database: string, type: string): Promise<Stored[]> {
  const response = await read(zone, `${encodeURIComponent(database)}/_all_docs?include_docs=true`);
  if (response.status === 404) return [];
  const { rows } = (await response.json()) as { rows: { doc: Stored }[] };
  return rows.map(({ doc }) => doc).filter((doc) => doc['pvt_type'] === type);
}

/** An attachment of a document of this month. */
export async function attachmentOfMonth(
  zone: Zone,
  account: string,
  id: string,
  name: string,
): Promise<Buffer> {
  const database = encodeURIComponent(monthDatabase(account, new Date()));
  const response = await read(zone, `${database}/${encodeURIComponent(id)}/${encodeURIComponent(name)}`);
  if (!response.ok) throw new Error(`${id}/${name} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
