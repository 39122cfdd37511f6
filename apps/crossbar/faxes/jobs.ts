// Faxes to be sent: a job waits in the database `faxes` for an app that sends it. None is part of Mirliton, and the answers say so.
import type { StoredFields } from '../../../core/contract/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { fax, faxbox } from '../../../core/documents/index.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import {
  accountFields,
  auditFields,
  type DataReply,
  invalid,
  load,
  publicPart,
  type RestRequest,
  targetAccount,
  targetDatabase,
  type Upload,
} from '../engine/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** Where the jobs of all accounts wait. */
export const jobsDatabase = ({ services }: RestRequest): Database => services.store.database('faxes');

/** A file of a job: from the client, or from a fax that was sent or received. */
export type FaxFile = Pick<Upload, 'body' | 'contentType'> & { readonly name: string };

/**
 * Makes a job from what the client gave, what its fax box says, and a file. Rejects with `to_number.wrong_format` what is no
 * number, and with `document.url.required` when there is nothing to send.
 */
export async function queueFax(
  request: RestRequest,
  given: Json,
  files: readonly FaxFile[],
): Promise<DataReply> {
  const fields = fax.accept({ ...(await boxDefaults(request, given)), ...given });
  const { document } = fields as { readonly document?: unknown };
  if (files.length === 0 && document === undefined)
    throw invalid('document.url', 'required', 'give document.url or upload a document');
  const to_number = findE164(String(fields['to_number']));
  if (to_number === undefined)
    throw invalid('to_number', 'wrong_format', 'is no number that a fax can be sent to', {
      value: fields['to_number'],
    });
  const { pvt_reseller_id } = targetAccount(request);
  const job = {
    ...fields,
    to_number,
    attempts: 0,
    pvt_type: fax.type,
    ...accountFields(targetAccount(request)._id),
    ...(pvt_reseller_id !== undefined && { pvt_reseller_id }),
    ...auditFields(request),
    // Whoever sends must not take it before its file is there.
    pvt_job_status: files.length === 0 ? 'pending' : 'attaching_files',
  };
  const database = jobsDatabase(request);
  const saved = await database.save(job as object as StoredDocument);
  for (const { name, body, contentType } of files) await database.attach(saved._id, name, body, contentType);
  const ready =
    files.length === 0
      ? saved
      : await database.update(saved._id, (current) => ({ ...current, pvt_job_status: 'pending' }));
  return { data: jobShown(ready), location: ready._id, revision: ready._rev };
}

/** What a fax box says of the faxes that are sent by it. Rejects with `faxbox_id.not_found`. */
async function boxDefaults(request: RestRequest, { faxbox_id: id }: Json): Promise<Json> {
  if (id === undefined) return {};
  const box = await load(targetDatabase(request), faxbox, String(id)).catch(() => {
    throw invalid('faxbox_id', 'not_found', 'there is no such fax box', { value: id });
  });
  const defaults = {
    from_name: box.caller_name,
    from_number: box.caller_id,
    fax_identity_name: box.fax_header,
    fax_identity_number: box.fax_identity,
    fax_timezone: box.fax_timezone,
    retries: box.retries,
  };
  return Object.fromEntries(Object.entries(defaults).filter(([, value]) => value !== undefined));
}

/** A job as clients see it: with what became of it so far. */
export function jobShown(job: StoredFields): Json {
  const { pvt_created: created, pvt_modified: modified, ...more } = job;
  const { pvt_job_status: status, pvt_delivered_date } = more as {
    readonly pvt_job_status?: string;
    readonly pvt_delivered_date?: number;
  };
  const delivered = pvt_delivered_date ?? (status === 'completed' ? modified : undefined);
  return {
    ...publicPart(job),
    created,
    status,
    ...(delivered !== undefined && { delivered }),
    ...(status === 'pending' && {
      _read_only: { note: 'it waits for an app that sends faxes; Mirliton has none yet' },
    }),
  };
}
