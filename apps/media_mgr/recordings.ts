// Recordings of calls: written down when they end, then fetched from the switch that has the file, once.
import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';
import type { Delivery, Subscription } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import { type DocumentOf, getAt, isRecord } from '../../core/contract/index.ts';
import { type Database, databaseOfId, gregorian, monthOf } from '../../core/couch/index.ts';
import { callRecording } from '../../core/documents/index.ts';
import { AppError, hasCode } from '../../core/errors/index.ts';
import { callEvent, recorder } from '../../core/messages/call.ts';
import { storeFile } from '../../core/messages/switch.ts';
import { contentTypeOf, mediaPath, type UrlMaker } from './urls.ts';

type Recording = DocumentOf<typeof callRecording>;

// An upload may take two minutes.
const uploadTimeout = 130_000;
const atOnce = 4;

/** Keeps the recordings whose recorder is this app. They wait in a durable queue until they are stored. */
export function keepRecordings(context: AppContext, urls: UrlMaker): Promise<Subscription> {
  const kept = context.metrics.counter(
    'media_mgr_recordings_total',
    'recordings of calls by what became of them',
    ['outcome'],
  );
  return context.bus.consume(
    {
      queue: 'recordings',
      bindings: [{ exchange: 'callevt', key: 'call.RECORD_STOP.*' }],
      contracts: [callEvent],
      delivery: 'at_least_once',
      prefetch: atOnce,
    },
    async (delivery) => {
      const outcome = await keep(context, urls, delivery);
      if (outcome) kept.inc({ outcome });
    },
  );
}

/** Undefined when it is not for us. Rejects with a retryable error while the switch, the store or the server is away. */
async function keep(
  { bus, store, log }: AppContext,
  urls: UrlMaker,
  { message }: Delivery<typeof callEvent>,
): Promise<'stored' | 'repeated' | 'discarded' | undefined> {
  const { Recording: about, 'Switch-Nodename': node } = message;
  const file = about?.['File-Path'];
  if (about?.['Recorder'] !== recorder || typeof file !== 'string' || node === undefined) return undefined;
  const account = message['Custom-Channel-Vars']?.['Account-ID'];
  const id = String(about['ID']);
  if (typeof account !== 'string' || !/^\d{6}-[\w-]+$/.test(id)) {
    log.warn('a recording belongs to nobody', { callId: message['Call-ID'], recording: id });
    return undefined;
  }
  if (!isSuccess(about['Completion-Cause'])) {
    log.info('a recording has nothing to keep', { recording: id, cause: about['Completion-Cause'] });
    return 'discarded';
  }
  const database = store.database(databaseOfId(account, id));
  const document = await writeDown(database, recordingDocument(message, id, file));
  if (document._attachments !== undefined || document.pvt_sent !== undefined) return 'repeated';
  const target = { database: database.name, id, attachment: document.name ?? id };
  const url =
    urls.base + mediaPath(urls.secret, { ...target, use: 'store', version: randomBytes(8).toString('hex') });
  const answer = await bus.request(
    storeFile,
    { 'FreeSWITCH-Node': node, 'File-Name': file, Url: url },
    { timeout: uploadTimeout },
  );
  if (answer.Result !== 'success')
    throw new AppError('bad_gateway', {
      message: `recording ${id} could not be fetched from ${node}: ${answer.Error ?? 'no reason given'}`,
    });
  return 'stored';
}

/** As FreeSWITCH says it; what is missing is the end of an older one. */
const isSuccess = (cause: unknown): boolean => cause === undefined || String(cause).startsWith('success');

/** Saves the document, or finds the one that an earlier attempt has saved. */
async function writeDown(database: Database, document: Recording): Promise<Recording> {
  try {
    return (await database.save({ ...document })) as Recording;
  } catch (error) {
    if (!hasCode(error, 'datastore_conflict')) throw error;
    return database.getAs(callRecording, document._id, { fresh: true });
  }
}

function recordingDocument(
  message: Delivery<typeof callEvent>['message'],
  id: string,
  file: string,
): Recording {
  const { Recording: about = {}, 'Custom-Channel-Vars': vars = {} } = message;
  const data = isRecord(about['Data']) ? about['Data'] : {};
  const extension = extname(file);
  const given = typeof about['Name'] === 'string' && about['Name'] !== '' ? about['Name'] : id;
  const name = extname(given) === extension ? given : given.replace(/\.(wav|mp3)$/i, '') + extension;
  const ended = message.Timestamp ?? gregorian();
  const milliseconds = message.Length ?? 0;
  const seconds = Math.floor(milliseconds / 1000);
  const optional = {
    from: message.From,
    to: message.To,
    request: message.Request,
    direction: message['Call-Direction'],
    caller_id_number: message['Caller-ID-Number'],
    caller_id_name: message['Caller-ID-Name'],
    callee_id_number: message['Callee-ID-Number'],
    callee_id_name: message['Callee-ID-Name'],
    endpoint_id: textAt(data, 'endpoint_id'),
    owner_id: textAt(vars, 'Owner-ID'),
    url: textAt(data, 'url'),
    interaction_id: textAt(vars, 'Call-Interaction-ID'),
  };
  const known = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(known),
    _id: id,
    pvt_type: callRecording.type,
    pvt_method: getAt(data, 'method') === 'post' ? 'post' : 'put',
    name,
    description: `recording ${name}`,
    content_type: contentTypeOf(name),
    media_type: extension.slice(1),
    media_source: 'recorded',
    source_type: 'media_recording',
    call_id: message['Call-ID'],
    cdr_id: `${monthOf(new Date())}-${message['Call-ID']}`,
    start: ended - seconds,
    duration: seconds,
    duration_ms: milliseconds,
    origin: textAt(data, 'origin') ?? 'no origin',
    custom_channel_vars: vars,
  };
}

function textAt(record: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = record[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
