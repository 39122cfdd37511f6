// faxes: those to be sent, and those that were sent or received, with their pages (contract/crossbar.md §6.2).
import { type DocumentOf, Type } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { fax, faxSmtpLog, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  attachmentName,
  attachmentReply,
  auditFields,
  checkRevision,
  type DataReply,
  dataObject,
  deleted,
  type Endpoint,
  idParameter,
  invalid,
  type ListReply,
  list,
  load,
  loadOfMonth,
  missing,
  monthList,
  monthOfId,
  oneUpload,
  operation,
  parameter,
  pathParameter,
  publicPart,
  type RawReply,
  type RestModule,
  type RestRequest,
  settablePart,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { type FaxFile, jobShown, jobsDatabase, queueFax } from '../faxes/jobs.ts';

type Fax = DocumentOf<typeof fax>;

/** What a fax can be made of. */
const documentTypes =
  /^(application\/(pdf|msword|rtf|octet-stream|(x-)?base64|vnd\.[\w.+-]+)|image\/(tiff|jpeg|png|gif)|text\/(plain|html|rtf))$/;

/** Folders of the months, and the action that makes a new job of one of theirs. */
const folders = { inbox: 'forward', outbox: 'resubmit' } as const;
type Folder = keyof typeof folders;

const send = operation('account', 'Sends a fax: a document at an address, or one that is uploaded', create, {
  body: fax.schema,
  reply: fax.schema,
  uploads: documentTypes,
});

export const faxes: RestModule = {
  name: 'faxes',
  summary: 'Faxes',
  endpoints: [
    accountEndpoint('faxes', { PUT: send }),
    accountEndpoint('faxes/outgoing', {
      GET: operation('account', 'Faxes that are to be sent', listJobs, { list: true }),
      PUT: send,
    }),
    accountEndpoint(`faxes/outgoing/:${idParameter}`, {
      GET: operation('account', 'A fax that is to be sent', readJob, { reply: fax.schema }),
    }),
    accountEndpoint('faxes/incoming', {
      GET: operation('account', 'Faxes that were received', (request) => listFolder(request, 'inbox'), {
        list: true,
      }),
    }),
    accountEndpoint(`faxes/incoming/:${idParameter}`, {
      GET: operation('account', 'A fax that was received', (request) => read(request, 'inbox'), {
        reply: fax.schema,
      }),
    }),
    ...(Object.keys(folders) as Folder[]).flatMap(folderEndpoints),
    accountEndpoint('faxes/smtplog', {
      GET: operation(
        'account',
        'Mails that were to become faxes',
        (request) => monthList(request, { design: 'faxes', view: 'smtp_log', plainKey: true }),
        { list: true },
      ),
    }),
    accountEndpoint(`faxes/smtplog/:${idParameter}`, {
      GET: operation('account', 'A mail that was to become a fax', readMail, { reply: faxSmtpLog.schema }),
    }),
  ],
};

function folderEndpoints(folder: Folder): Endpoint[] {
  const said = folder === 'inbox' ? 'received' : 'sent';
  const action = folders[folder];
  return [
    accountEndpoint(`faxes/${folder}`, {
      GET: operation('account', `Faxes that were ${said}`, (request) => listFolder(request, folder), {
        list: true,
      }),
    }),
    accountEndpoint(`users/:user_id/faxes/${folder}`, {
      GET: operation(
        'account',
        `Faxes of a user that were ${said}`,
        async (request) => {
          const owner = await load(targetDatabase(request), user, pathParameter(request, 'user_id'));
          return listFolder(request, folder, owner._id);
        },
        { list: true },
      ),
    }),
    accountEndpoint(`faxes/${folder}/:${idParameter}`, {
      GET: operation('account', `A fax that was ${said}`, (request) => read(request, folder), {
        reply: fax.schema,
      }),
      PUT: operation('account', `Sends it again: ${action}`, (request) => sendAgain(request, folder), {
        parameters: { action: Type.Enum([action]) },
        reply: fax.schema,
      }),
      DELETE: operation('admin', `Deletes a fax that was ${said}`, (request) => remove(request, folder), {
        reply: fax.schema,
      }),
    }),
    accountEndpoint(`faxes/${folder}/:${idParameter}/attachment`, {
      GET: operation('account', 'The pages of a fax', (request) => pages(request, folder), {
        produces: ['application/pdf', 'image/tiff'],
      }),
      DELETE: operation('admin', 'Deletes the pages of a fax', (request) => removePages(request, folder)),
    }),
  ];
}

async function create(request: RestRequest): Promise<DataReply> {
  const given = settablePart(dataObject(request));
  if (request.uploads.length === 0) return queueFax(request, given, []);
  const file = oneUpload(request, documentTypes);
  return queueFax(request, given, [{ ...file, name: attachmentName(file, 'fax') }]);
}

function listJobs(request: RestRequest): Promise<ListReply> {
  return list(
    request,
    jobsDatabase(request),
    { design: 'faxes', view: 'list_by_account' },
    { prefix: [targetAccount(request)._id] },
  );
}

/** A job of the account; one of another is as good as missing. */
async function readJob(request: RestRequest): Promise<DataReply> {
  const id = pathParameter(request, idParameter);
  const job = await load(jobsDatabase(request), fax, id);
  if (job.pvt_account_id !== targetAccount(request)._id) throw missing(id);
  return { data: jobShown(job), revision: job._rev };
}

function listFolder(request: RestRequest, folder: Folder, owner?: string): Promise<ListReply> {
  return monthList(request, {
    design: 'faxes',
    view: owner === undefined ? 'list_by_folder' : 'list_by_ownerid',
    prefix: owner === undefined ? [folder] : [owner, folder],
    options: { includeDocs: true },
    show: ({ doc, value }) => doc && { ...(value as object), ...publicPart(doc) },
  });
}

/** The fax of a folder. One without a word of its folder was received. */
async function find(
  request: RestRequest,
  folder: Folder,
  options?: { readonly fresh?: boolean },
): Promise<Fax> {
  const id = pathParameter(request, idParameter);
  const found = await loadOfMonth(request, fax, id, options);
  const { folder: own = 'inbox' } = found as { readonly folder?: unknown };
  if (own !== folder) throw missing(id);
  return found;
}

async function read(request: RestRequest, folder: Folder): Promise<DataReply> {
  const found = await find(request, folder);
  return { data: publicPart(found), revision: found._rev };
}

async function readMail(request: RestRequest): Promise<DataReply> {
  const found = await loadOfMonth(request, faxSmtpLog, pathParameter(request, idParameter));
  return { data: publicPart(found), revision: found._rev };
}

async function remove(request: RestRequest, folder: Folder): Promise<DataReply> {
  const found = await find(request, folder, { fresh: true });
  checkRevision(request, found);
  const month = monthOfId(request, found._id);
  if (request.query['should_soft_delete'] === 'false') await month.remove(found._id, { hard: true });
  else await month.save({ ...found, ...auditFields(request), pvt_deleted: true } as object as StoredDocument);
  return { data: deleted(publicPart(found)) };
}

function nameOf({ _attachments = {} }: Fax): string {
  const [name] = Object.keys(_attachments);
  if (name === undefined) throw new AppError('not_found', { message: 'the fax has no pages' });
  return name;
}

async function pages(request: RestRequest, folder: Folder): Promise<RawReply> {
  const found = await find(request, folder);
  return attachmentReply(request, monthOfId(request, found._id), found._id, nameOf(found));
}

async function removePages(request: RestRequest, folder: Folder): Promise<DataReply> {
  const found = await find(request, folder, { fresh: true });
  checkRevision(request, found);
  nameOf(found);
  const month = monthOfId(request, found._id);
  for (const name of Object.keys(found._attachments ?? {})) await month.detach(found._id, name);
  return { data: publicPart(found) };
}

/** What belongs to one way through the network and not to the fax. */
const ofOneTry = ['tx_result', 'rx_result', 'retry_after', 'folder', 'attempts'];

/** Makes a new job of a fax and its pages; `data` may say something else than it, e.g. `to_number`. */
async function sendAgain(request: RestRequest, folder: Folder): Promise<DataReply> {
  const action = folders[folder];
  const given = parameter(request, 'action');
  if (given !== action)
    throw invalid('action', given === undefined ? 'required' : 'enum', `must be ${action}`, {
      target: [action],
      value: given,
    });
  const found = await find(request, folder);
  const { action: _, ...changed } = settablePart(dataObject(request));
  const before = Object.entries(settablePart(found)).filter(([key]) => !ofOneTry.includes(key));
  return queueFax(request, { ...Object.fromEntries(before), ...changed }, await filesOf(request, found));
}

async function filesOf(request: RestRequest, { _id, _attachments = {} }: Fax): Promise<FaxFile[]> {
  const month = monthOfId(request, _id);
  return Promise.all(
    Object.keys(_attachments).map(async (name) => {
      const { body, contentType } = await month.attachment(_id, name);
      const chunks: Buffer[] = [];
      for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
      return { name, contentType, body: Buffer.concat(chunks) };
    }),
  );
}
