// Messages of voicemail boxes: found in the month in which they were left, moved, copied, deleted.
import { type DocumentOf, isRecord } from '../../../core/contract/index.ts';
import { fromGregorian, gregorian, monthDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { mailboxMessage, type vmbox } from '../../../core/documents/index.ts';
import { AppError, toAppError } from '../../../core/errors/index.ts';
import { voicemailDeleted } from '../../../core/messages/notification.ts';
import {
  auditFields,
  loadOfMonth,
  missing,
  monthOfId,
  newMonthId,
  type RestRequest,
  storedAs,
  targetAccount,
  type Upload,
} from '../engine/index.ts';
import { tell } from '../live/tell.ts';
import { retention } from './counts.ts';

export type Message = DocumentOf<typeof mailboxMessage>;
export type Box = DocumentOf<typeof vmbox>;
type Folder = 'new' | 'saved' | 'deleted';

/** A message of this box; one of another box is as good as missing. */
export async function messageOf(request: RestRequest, box: string, id: string): Promise<Message> {
  const message = await loadOfMonth(request, mailboxMessage, id, { fresh: true });
  if (message.source_id !== box) throw missing(id);
  return message;
}

/** Ids that were done, and why the others were not. */
export interface Outcome {
  readonly succeeded: string[];
  readonly failed: Record<string, string>[];
}

/** Does something to each; one that fails does not keep the others from it. */
export async function each(
  ids: readonly string[],
  act: (id: string) => Promise<string | readonly string[]>,
): Promise<Outcome> {
  const outcome: Outcome = { succeeded: [], failed: [] };
  for (const id of ids)
    try {
      outcome.succeeded.push(...[await act(id)].flat());
    } catch (error) {
      outcome.failed.push({ [id]: toAppError(error).code });
    }
  return outcome;
}

/** Rejects with `forbidden` what is older than messages are kept. */
async function checkKept(request: RestRequest, { metadata }: Message): Promise<void> {
  if ((metadata.timestamp ?? Number.POSITIVE_INFINITY) < (await retention(request)).from)
    throw new AppError('forbidden', { message: 'the message is older than messages are kept' });
}

async function change(request: RestRequest, message: Message, fields: object): Promise<Message> {
  await checkKept(request, message);
  const saved = await monthOfId(request, message._id).save({
    ...message,
    ...auditFields(request),
    ...fields,
  } as StoredDocument);
  return storedAs(mailboxMessage, saved);
}

export function toFolder(request: RestRequest, message: Message, folder: Folder): Promise<Message> {
  return change(request, message, { metadata: { ...message.metadata, folder } });
}

export function toBox(request: RestRequest, message: Message, box: string): Promise<Message> {
  return change(request, message, { source_id: box });
}

/** Softly, and the people concerned are told. */
export async function remove(request: RestRequest, message: Message): Promise<Message> {
  const { metadata } = message;
  const removed = await monthOfId(request, message._id).save({
    ...message,
    ...auditFields(request),
    metadata: { ...metadata, folder: 'deleted' },
    pvt_deleted: true,
  } as StoredDocument);
  const [from = '', to = ''] = [metadata.from, metadata.to];
  const part = (address: string, at: number): string => address.split('@')[at] ?? '';
  await tell(request.services, voicemailDeleted, {
    'Account-ID': targetAccount(request)._id,
    'From-User': part(from, 0) || 'unknown',
    'From-Realm': part(from, 1) || 'unknown',
    'To-User': part(to, 0) || 'unknown',
    'To-Realm': part(to, 1) || 'unknown',
    Reason: 'crossbar_action',
    'Voicemail-Box': message.source_id,
    'Voicemail-ID': message._id,
    'Voicemail-Timestamp': metadata.timestamp ?? 0,
    ...(metadata.length !== undefined && { 'Voicemail-Length': metadata.length }),
    ...(metadata.call_id !== undefined && { 'Call-ID': metadata.call_id }),
    ...(metadata.caller_id_name !== undefined && { 'Caller-ID-Name': metadata.caller_id_name }),
    ...(metadata.caller_id_number !== undefined && { 'Caller-ID-Number': metadata.caller_id_number }),
  });
  return storedAs(mailboxMessage, removed);
}

/** A copy with its sound, of its own id, in this month. */
export async function copy(request: RestRequest, message: Message, box: string): Promise<string> {
  await checkKept(request, message);
  const [name] = Object.keys(message._attachments ?? {});
  const source = monthOfId(request, message._id);
  const sound = name === undefined ? undefined : await source.attachment(message._id, name);
  const body = sound ? await wholeOf(sound.body) : undefined;
  const made = await store(request, { ...message, source_id: box });
  if (body && sound && name !== undefined)
    await monthOfId(request, made._id).attach(made._id, name, body, sound.contentType);
  return made._id;
}

export async function wholeOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A new document of this month with these public fields. */
async function store(request: RestRequest, fields: Partial<Message>): Promise<Message> {
  const now = new Date();
  const id = newMonthId(now);
  const shown = Object.entries(fields).filter(([key]) => !/^(_|pvt_)/.test(key));
  const saved = await request.services.store.database(monthDatabase(targetAccount(request)._id, now)).save({
    ...Object.fromEntries(shown),
    ...auditFields(request),
    metadata: { ...fields.metadata, media_id: id },
    _id: id,
    pvt_type: mailboxMessage.type,
  });
  return storedAs(mailboxMessage, saved);
}

/** A message that a client leaves in a box, with its sound when there is one. */
export async function leave(
  request: RestRequest,
  box: Box,
  given: Partial<Message['metadata']>,
  file: Upload | undefined,
): Promise<Message> {
  const { realm = '' } = targetAccount(request);
  const at = (user: string): string => (user.includes('@') ? user : `${user}@${realm}`);
  const number = given.caller_id_number ?? 'anonymous';
  const made = await store(request, {
    name: `mailbox ${box.mailbox} message`,
    source_id: box._id,
    source_type: 'voicemail',
    media_source: 'recording',
    streamable: true,
    ...(file && { media_type: box.media_extension ?? 'mp3' }),
    metadata: {
      length: 1,
      folder: 'new',
      ...given,
      timestamp: given.timestamp ?? gregorian(),
      call_id: given.call_id ?? request.id,
      caller_id_number: number,
      caller_id_name: given.caller_id_name ?? number,
      from: at(given.from ?? number),
      to: at(given.to ?? box.mailbox),
    },
  });
  if (!file) return made;
  const stored = await monthOfId(request, made._id).attach(
    made._id,
    fileName(made, file.contentType),
    file.body,
    file.contentType,
  );
  return storedAs(mailboxMessage, stored);
}

/** What the sound of a message is called: who called, and when. */
export function fileName({ metadata }: Message, contentType: string): string {
  const { caller_id_number = 'unknown', timestamp } = metadata;
  const at = timestamp === undefined ? '' : `_${fromGregorian(timestamp).toISOString().slice(0, 19)}`;
  const ending = /wav/.test(contentType) ? 'wav' : /mp4/.test(contentType) ? 'mp4' : 'mp3';
  return `${caller_id_number}${at}.${ending}`.replace(/[^\w.+-]/g, '-');
}

/** The metadata of a message as clients see it. */
export function shownMessage({ _id, metadata }: Message): Record<string, unknown> {
  return isRecord(metadata) ? { ...metadata, media_id: metadata.media_id ?? _id } : { media_id: _id };
}
