// vmboxes: voicemail boxes, and the messages in them.
import { resource, Type } from '../../../core/contract/index.ts';
import { mailboxMessage, vmbox } from '../../../core/documents/index.ts';
import { folders, messageMetadata } from '../../../core/documents/mailbox_message.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  attachmentReply,
  caller,
  checkOwner,
  type DataReply,
  disposition,
  type Filter,
  filterOf,
  gathered,
  idParameter,
  invalid,
  type ListReply,
  list,
  load,
  monthList,
  monthOfId,
  oneUpload,
  operation,
  parameter,
  pathParameter,
  plain,
  type RawReply,
  type RestRequest,
  replaceAttachments,
  targetDatabase,
  windowOf,
} from '../engine/index.ts';
import { countMessages, retention, tellLamps } from '../voicemail/counts.ts';
import {
  type Box,
  copy,
  each,
  fileName,
  leave,
  type Message,
  messageOf,
  remove,
  shownMessage,
  toBox,
  toFolder,
} from '../voicemail/messages.ts';
import { zipOf } from '../voicemail/zip.ts';

const listing = { design: 'vmboxes', view: 'crossbar_listing' };
const soundTypes =
  /^(audio\/(mp3|mpeg|mpeg3|wav|x-wav|ogg)|video\/mp4|application\/octet-stream|application\/(x-)?base64)$/;

const folder = Type.Enum([...folders]);
const ids = Type.Array(Type.String());
const change = Type.Object({
  folder: Type.Optional(folder),
  source_id: Type.Optional(
    Type.Union([Type.String(), ids], { description: 'another box to move to, or several to copy to' }),
  ),
});
const changes = Type.Object({ ...change.properties, messages: Type.Optional(ids) });

export const vmboxes = plain(
  resource({
    path: 'vmboxes',
    summary: 'Voicemail boxes',
    document: vmbox,
    listing,
    example: { name: 'Ann', mailbox: '1001', pin: '1234', timezone: 'Europe/Berlin', require_pin: true },
    verbs: {
      collection: { GET: 'account', PUT: 'admin' },
      item: { GET: 'account', POST: 'account', PATCH: 'account', DELETE: 'admin' },
    },
    unique: [{ field: 'mailbox', listing: { design: 'attributes', view: 'mailbox_number' } }],
    validate: async (request: RestRequest, next, previous) => {
      if (previous) checkMayChange(request, next, previous);
      // As Kazoo's clients of old wrote it.
      const { notify_email_address: old } = next;
      delete next['notify_email_address'];
      if (old !== undefined && !next.notify_email_addresses?.length)
        next.notify_email_addresses = [old].flat().map(String);
    },
    present: async (_: RestRequest, { messages: __, ...shown }) => shown,
    afterDelete: async (request: RestRequest, box) => {
      for (const message of await allOf(request, box._id)) await toFolder(request, message, 'deleted');
      await tellLamps(request, [box._id]);
    },
  }),
  [
    accountEndpoint('vmboxes', {
      GET: operation('account', 'Voicemail boxes, with how many messages each has', listBoxes, {
        list: true,
      }),
    }),
    accountEndpoint('vmboxes/messages', {
      GET: operation('account', 'Messages of all boxes', (request) => listMessages(request), { list: true }),
    }),
    accountEndpoint(`vmboxes/:${idParameter}/messages`, {
      GET: operation(
        'account',
        'Messages of a box, newest first',
        async (request) => listMessages(request, await boxOf(request)),
        { list: true },
      ),
      POST: operation(
        'account',
        'Moves or copies messages of an own box, or puts them into a folder',
        changeMessages,
        {
          accepts: changes,
        },
      ),
      DELETE: operation(
        'account',
        'Deletes messages of an own box: those named, of a folder, or all',
        removeMessages,
        {
          accepts: changes,
        },
      ),
      PUT: operation('admin', 'Leaves a message', newMessage, {
        body: Type.Object(messageMetadata),
        uploads: soundTypes,
      }),
    }),
    accountEndpoint(`vmboxes/:${idParameter}/messages/raw`, {
      POST: operation('account', 'The sounds of several messages in a zip file', zipped, {
        accepts: Type.Object({ messages: Type.Array(Type.String(), { minItems: 1 }) }),
        produces: ['application/zip'],
      }),
    }),
    accountEndpoint(`vmboxes/:${idParameter}/messages/:message_id`, {
      GET: operation('account', 'What is known of a message', async (request) => {
        const message = await messageInPath(request);
        return { data: shownMessage(message), revision: message._rev };
      }),
      POST: operation(
        'account',
        'Moves or copies a message of an own box, or puts it into a folder',
        changeMessage,
        {
          accepts: change,
        },
      ),
      DELETE: operation('account', 'Deletes a message of an own box', async (request) => {
        checkOwner(request, (await boxOf(request)).owner_id);
        const removed = await remove(request, await messageInPath(request));
        await tellLamps(request, [removed.source_id]);
        return { data: shownMessage(removed) };
      }),
    }),
    accountEndpoint(`vmboxes/:${idParameter}/messages/:message_id/raw`, {
      GET: operation('account', 'The sound of a message', sound, { produces: ['audio/*'] }),
      PUT: operation('admin', 'Replaces the sound of a message', replaceSound, { uploads: soundTypes }),
    }),
  ],
);

const boxOf = (request: RestRequest): Promise<Box> =>
  load(targetDatabase(request), vmbox, pathParameter(request, idParameter));

/** Who has a box sets its PIN, its greetings, whom it notifies; whose it is and where it is called, only an admin. */
function checkMayChange(request: RestRequest, next: Readonly<Record<string, unknown>>, before: Box): void {
  checkOwner(request, before.owner_id);
  if (caller(request).admin) return;
  if (next['owner_id'] !== before.owner_id || next['mailbox'] !== before.mailbox)
    throw new AppError('forbidden', { message: 'owner and number of a box are set by an administrator' });
}

async function messageInPath(request: RestRequest): Promise<Message> {
  const { _id } = await boxOf(request);
  return messageOf(request, _id, pathParameter(request, 'message_id'));
}

async function listBoxes(request: RestRequest): Promise<ListReply> {
  const counts = await countMessages(request);
  return list(request, targetDatabase(request), listing, {
    show: ({ id, value }) => {
      const row = value as { readonly messages?: number };
      const folders = counts.get(id) ?? { new: 0, saved: 0 };
      return { id, ...row, messages: (row.messages ?? 0) + folders.new + folders.saved, folders };
    },
  });
}

async function listMessages(request: RestRequest, box?: Box): Promise<ListReply> {
  const query = {
    design: 'mailbox_messages',
    filter: metadataFilter(request),
    // Without a time all that is kept is shown, and not only a month.
    window:
      parameter(request, 'created_from') === undefined ? await retention(request) : await windowOf(request),
  };
  if (box) return monthList(request, { ...query, view: 'listing_by_mailbox', prefix: [box._id] });
  return monthList(request, {
    ...query,
    view: 'listing_by_timestamp',
    show: ({ key, value }) => ({ [String((key as readonly unknown[])[1])]: value }),
  });
}

/** Filters are over what is known of the message. */
function metadataFilter({ query }: RestRequest): Filter | undefined {
  const named = Object.entries(query).flatMap(([name, value]): [string, string][] => {
    const [, kind, path] = /^(filter_(?:not_)?)(.+)$/.exec(name) ?? [];
    if (kind !== undefined) return [[`${kind}metadata.${path}`, value]];
    return /^(has|key|value)_(key|missing|value)$/.test(name) ? [[name, `metadata.${value}`]] : [];
  });
  const { folder: wanted } = query;
  return filterOf(
    Object.fromEntries([...named, ...(wanted === undefined ? [] : [['filter_metadata.folder', wanted]])]),
  );
}

type Change = Type.Static<typeof change>;

/** Where messages go: a folder of their box, another box, or copies into several. */
async function destination(request: RestRequest<Change>): Promise<(message: Message) => Promise<string[]>> {
  const { source_id: target } = request.data;
  const name = parameter(request, 'folder') ?? 'saved';
  if (target === undefined) {
    const into = folders.find((one) => one === name);
    if (!into) throw invalid('folder', 'enum', 'is no folder', { target: [...folders], value: name });
    return async (message) => [(await toFolder(request, message, into))._id];
  }
  const boxes = [target].flat();
  if (boxes.length === 0 || boxes.includes(''))
    throw invalid('source_id', 'required', 'name a box, or a list of boxes');
  for (const id of boxes) await load(targetDatabase(request), vmbox, id);
  if (typeof target === 'string') return async (message) => [(await toBox(request, message, target))._id];
  return (message) => Promise.all(boxes.map((id) => copy(request, message, id)));
}

async function changeMessages(request: RestRequest<Type.Static<typeof changes>>): Promise<DataReply> {
  const { messages = [], source_id } = request.data;
  const box = await boxOf(request);
  checkOwner(request, box.owner_id);
  if (messages.length === 0) throw invalid('messages', 'required', 'name the messages');
  const go = await destination(request);
  const outcome = await each(messages, async (id) => go(await messageOf(request, box._id, id)));
  await tellLamps(request, [box._id, ...[source_id ?? []].flat()]);
  return { data: outcome };
}

async function changeMessage(request: RestRequest<Change>): Promise<DataReply> {
  checkOwner(request, (await boxOf(request)).owner_id);
  const message = await messageInPath(request);
  const done = await (await destination(request))(message);
  await tellLamps(request, [message.source_id, ...[request.data.source_id ?? []].flat()]);
  if (Array.isArray(request.data.source_id)) return { data: { succeeded: done, failed: [] } };
  const [id = message._id] = done;
  return { data: shownMessage(await monthOfId(request, id).getAs(mailboxMessage, id, { fresh: true })) };
}

/** All messages of a box that are kept. */
async function allOf(request: RestRequest, box: string): Promise<Message[]> {
  const found = await monthList(
    { ...request, query: { paginate: 'false' }, data: {}, envelope: {} },
    {
      design: 'mailbox_messages',
      view: 'listing_by_mailbox',
      prefix: [box],
      window: await retention(request),
      options: { includeDocs: true },
      show: ({ doc }) => doc,
    },
  );
  return (await gathered(found)).data as Message[];
}

async function removeMessages(request: RestRequest<Type.Static<typeof changes>>): Promise<DataReply> {
  const box = await boxOf(request);
  checkOwner(request, box.owner_id);
  const wanted = parameter(request, 'folder');
  const kept = await allOf(request, box._id);
  const chosen =
    request.data.messages ??
    kept.filter(({ metadata }) => wanted === undefined || metadata.folder === wanted).map(({ _id }) => _id);
  const outcome = await each(
    chosen,
    async (id) => (await remove(request, await messageOf(request, box._id, id)))._id,
  );
  await tellLamps(request, [box._id]);
  return { data: outcome };
}

async function newMessage(request: RestRequest): Promise<DataReply> {
  const box = await boxOf(request);
  const given = acceptMetadata(request.data);
  const file = request.uploads.length === 0 ? undefined : oneUpload(request, soundTypes);
  const message = await leave(request, box, given, file);
  await tellLamps(request, [box._id]);
  return { data: shownMessage(message), location: message._id, revision: message._rev };
}

/** Checked here and not before: beside a file there may be no metadata at all. */
function acceptMetadata(data: unknown): Partial<Message['metadata']> {
  const probe = mailboxMessage.check({ source_id: 'x', metadata: data });
  if (probe.length > 0)
    throw new AppError('invalid_data', {
      details: { violations: probe.map((it) => ({ ...it, path: it.path.replace(/^metadata\./, '') })) },
    });
  return data as Partial<Message['metadata']>;
}

async function sound(request: RestRequest): Promise<RawReply> {
  const message = await messageInPath(request);
  const [name] = Object.keys(message._attachments ?? {});
  if (name === undefined) throw new AppError('not_found', { message: 'the message has no sound' });
  const type = message._attachments?.[name]?.content_type ?? '';
  return attachmentReply(
    request,
    monthOfId(request, message._id),
    message._id,
    name,
    fileName(message, type),
  );
}

async function replaceSound(request: RestRequest): Promise<DataReply> {
  const message = await messageInPath(request);
  const file = oneUpload(request, soundTypes);
  const name = fileName(message, file.contentType);
  const saved = await replaceAttachments(request, monthOfId(request, message._id), message, name, file);
  return { data: shownMessage(message), revision: saved._rev };
}

async function zipped(request: RestRequest<{ readonly messages: readonly string[] }>): Promise<RawReply> {
  const box = await boxOf(request);
  const files = await Promise.all(
    request.data.messages.map(async (id) => {
      const message = await messageOf(request, box._id, id);
      const [name, about] = Object.entries(message._attachments ?? {})[0] ?? [];
      if (name === undefined) throw new AppError('not_found', { message: `the message ${id} has no sound` });
      const open = async () => (await monthOfId(request, id).attachment(id, name)).body;
      return { name: fileName(message, about?.content_type ?? ''), open };
    }),
  );
  return {
    body: zipOf(files),
    contentType: 'application/zip',
    headers: { 'content-disposition': disposition(`messages-${box.mailbox}.zip`) },
  };
}
