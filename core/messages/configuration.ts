// Changes of documents and databases, told to every cache (contract/kapi.md, kapi_conf).
import { message, segment, Type } from '../contract/index.ts';
import { Any, Count, Flag, maybeText, some, text } from './fields.ts';

const fields = {
  ...text('ID Database'),
  ...maybeText('Account-ID Rev Type Origin-Cache'),
  ...some(Any, 'Version'),
  ...some(Count, 'Date-Created Date-Modified'),
  'Is-Soft-Deleted': Type.Optional(Flag),
};

interface Change {
  readonly ID: string;
  readonly Database: string;
  readonly Type?: string;
}

// The database stands in the key as it is stored, URL-encoded (`account%2Fab…`); only the id is encoded as a segment.
const key = (action: string) => (change: Change) =>
  `${action}.${change.Database}.${change.Type ?? 'undefined'}.${segment(change.ID)}`;

const change = <const N extends string>(name: N, summary: string) =>
  message({ category: 'configuration', name, exchange: 'configuration', key: key(name), summary, fields });

/** `Database` is the encoded name in all five; `Date-*` are Gregorian seconds. */
export const docCreated = change('doc_created', 'A document was written for the first time');
export const docEdited = change('doc_edited', 'A document was changed');
export const docDeleted = change('doc_deleted', 'A document was deleted, softly or really');
/** `ID` is the encoded name of the database, `Type` is `database`. */
export const dbCreated = change('db_created', 'A database was made');
export const dbDeleted = change('db_deleted', 'A database was removed');
