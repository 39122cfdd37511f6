// contact_list: who can be dialled in an account: people, feature codes, and other numbers.
import { isRecord } from '../../../core/contract/index.ts';
import type { ViewRow } from '../../../core/couch/index.ts';
import {
  accountEndpoint,
  type DataReply,
  operation,
  type RestModule,
  type RestRequest,
  targetDatabase,
} from '../engine/index.ts';

interface Contact {
  readonly name: string;
  readonly number: string;
}

export const contact_list: RestModule = {
  name: 'contact_list',
  summary: 'Who can be dialled',
  endpoints: [
    accountEndpoint('contact_list', { GET: operation('account', 'Names and numbers of the account', list) }),
  ],
};

async function list(request: RestRequest): Promise<DataReply> {
  const database = targetDatabase(request);
  const [names, excluded, numbers] = await Promise.all([
    database.view('contact_list', 'names'),
    database.view('contact_list', 'excluded'),
    database.view('contact_list', 'extensions'),
  ]);
  const hidden = new Set(excluded.map(({ id }) => id));
  const people = new Map(
    names.filter(({ id }) => !hidden.has(id)).map(({ id, value }) => [id, nameOf(value)]),
  );
  const contacts = numbers.filter(({ id }) => !hidden.has(id)).flatMap((row) => contactsOf(row, people));
  return { data: contacts.sort((a, b) => a.name.localeCompare(b.name)) };
}

const nameOf = (value: unknown): string => (isRecord(value) ? String(value['name'] ?? '') : '');

/** One for each number of a callflow; those of people bear their names. */
function contactsOf({ key, value }: ViewRow, people: ReadonlyMap<string, string>): Contact[] {
  if (!isRecord(value) || !Array.isArray(value['numbers'])) return [];
  const name = key === 'extension' ? people.get(String(value['id'])) : nameOf(value);
  if (name === undefined) return [];
  return value['numbers'].map(String).map((number) => ({ name: name === '' ? number : name, number }));
}
