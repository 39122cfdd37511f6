// system_configs: runtime settings by category, for the master account.
import { isRecord } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import {
  auditFields,
  checkRevision,
  type DataReply,
  dataObject,
  deleted,
  invalid,
  merged,
  missing,
  operation,
  pathParameter,
  privatePart,
  publicPart,
  type RestModule,
  type RestRequest,
  settablePart,
} from '../engine/index.ts';

type Json = Record<string, unknown>;
type Merge = (before: Json, data: Json) => Json;

const replace: Merge = (_, data) => data;

export const system_configs: RestModule = {
  name: 'system_configs',
  summary: 'Runtime settings by category',
  endpoints: [
    {
      path: '/system_configs',
      operations: { GET: operation('superduper', 'Names of the categories', list) },
    },
    {
      path: '/system_configs/:category',
      operations: {
        GET: operation('superduper', 'A category', read),
        PUT: operation('superduper', 'Creates a category', (request) => write(request, replace)),
        POST: operation('superduper', 'Replaces a category', (request) => write(request, replace)),
        PATCH: operation('superduper', 'Merges into a category', (request) => write(request, merged)),
        DELETE: operation('superduper', 'Deletes a category', remove),
      },
    },
    {
      path: '/system_configs/:category/:section',
      operations: {
        GET: operation('superduper', 'The section of a node, a zone, or default', readSection),
        POST: operation('superduper', 'Replaces a section', (request) => writeSection(request, replace)),
        PATCH: operation('superduper', 'Merges into a section', (request) => writeSection(request, merged)),
      },
    },
  ],
};

const database = ({ services }: RestRequest) => services.store.database('system_config');

async function list(request: RestRequest): Promise<DataReply> {
  const rows = await database(request).view('system_configs', 'crossbar_listing');
  return { data: rows.map(({ id }) => id) };
}

async function find(request: RestRequest, fresh = false) {
  const category = pathParameter(request, 'category');
  if (!/^[A-Za-z][\w.-]*$/.test(category)) throw missing(category);
  return { category, document: await database(request).find(category, { fresh }) };
}

async function read(request: RestRequest): Promise<DataReply> {
  const { category, document } = await find(request);
  if (!document) throw missing(category);
  return { data: publicPart(document), revision: document._rev };
}

/** Sections (`default`, a zone, a node) are objects; what is in them is each category's own business. */
async function write(request: RestRequest, merge: Merge): Promise<DataReply> {
  const { category, document } = await find(request, true);
  const data = settablePart(dataObject(request));
  return save(request, category, document, merge(document ? settablePart(document) : {}, data));
}

async function save(
  request: RestRequest,
  category: string,
  document: StoredDocument | undefined,
  next: Json,
): Promise<DataReply> {
  for (const [section, values] of Object.entries(next))
    if (!isRecord(values))
      throw invalid(section.replaceAll('.', '%2E'), 'type', 'a section must be an object', {
        target: 'object',
        value: values,
      });
  const before = document ?? { _id: category, pvt_type: 'config' };
  checkRevision(request, document ?? {});
  const saved = await database(request).save({
    ...next,
    ...privatePart(before),
    ...auditFields(request),
    _id: category,
  });
  return { data: publicPart(saved), revision: saved._rev };
}

async function remove(request: RestRequest): Promise<DataReply> {
  const { category, document } = await find(request, true);
  if (!document) throw missing(category);
  checkRevision(request, document);
  // Really: a setting that is gone must not stand in the way of a new one.
  await database(request).remove(category, { hard: true });
  return { data: deleted(publicPart(document)) };
}

async function readSection(request: RestRequest): Promise<DataReply> {
  const { category, document } = await find(request);
  const section = pathParameter(request, 'section');
  const values = document ? publicPart(document)[section] : undefined;
  if (!isRecord(values)) throw missing(`${category}/${section}`);
  return { data: values, revision: document?._rev };
}

async function writeSection(request: RestRequest, merge: Merge): Promise<DataReply> {
  const { category, document } = await find(request, true);
  const section = pathParameter(request, 'section');
  if (!/^[A-Za-z][\w@.-]*$/.test(section) || section.startsWith('pvt_')) throw missing(section);
  const sections = document ? settablePart(document) : {};
  const before = isRecord(sections[section]) ? sections[section] : {};
  const { data, ...reply } = await save(request, category, document, {
    ...sections,
    [section]: merge(before, dataObject(request)),
  });
  return { ...reply, data: (data as Json)[section] };
}
