// The `fax_smtp_log` document: a mail that was to become a fax, as the fax app of Kazoo writes it (contract/couch.md §3).
import { document, Type } from '../contract/index.ts';

const text = Type.Optional(Type.String());

/** In the databases of the months. */
export const faxSmtpLog = document({
  type: 'fax_smtp_log',
  schema: 'fax_smtp_log',
  database: 'modb',
  summary: 'A mail that was to become a fax',
  fields: { error: text, from: text, to: text },
});
