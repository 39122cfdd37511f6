// system_configs: settings of the cluster by category and section, for the master account (contract/crossbar.md §6.5).
import { isDeepStrictEqual } from 'node:util';
import { isRecord, Type } from '../../../core/contract/index.ts';
import { systemConfig } from '../../../core/documents/index.ts';
import {
  changeSingle,
  type DataReply,
  deleted,
  flag,
  invalid,
  merged,
  missing,
  operation,
  pathParameter,
  type RestModule,
  type RestRequest,
  readSingle,
  type SingleDocument,
  settablePart,
  single,
} from '../engine/index.ts';

type Json = Record<string, unknown>;

const path = '/system_configs/:category';
const database = ({ services }: RestRequest) => services.store.database('system_config');

const contract: SingleDocument<typeof systemConfig> = {
  path,
  document: systemConfig,
  id: async (request) => {
    const id = pathParameter(request, 'category');
    if (!/^[A-Za-z][\w.-]{0,127}$/.test(id)) throw missing(id);
    return { database: database(request), id };
  },
  always: true,
  verbs: {
    GET: 'superduper',
    PUT: 'superduper',
    POST: 'superduper',
    PATCH: 'superduper',
    DELETE: 'superduper',
  },
  validate: async (_, next) => checkSections(next),
  beforeSave: async (request, document) => {
    const { section } = request.params;
    for (const [name, values] of Object.entries(settablePart(document)))
      if (name !== 'default' && isRecord(values) && (section === undefined || section === name))
        Object.assign(document, { [name]: differing(values, document.default ?? {}) });
  },
  present: async (request, { id, ...sections }) => {
    const shown: Json = { default: {}, ...sections };
    return { id, ...(flag(request, 'with_defaults') ? withDefaults(shown) : shown) };
  },
};

const reply = Type.Object({ id: Type.String() });
const with_defaults = Type.Optional(
  Type.Boolean({ default: false, description: 'Sections are shown over what `default` says' }),
);
const category = single(contract);

export const system_configs: RestModule = {
  name: 'system_configs',
  summary: 'Settings of the cluster by category',
  endpoints: [
    {
      path: '/system_configs',
      operations: {
        GET: operation('superduper', 'Names of the categories', list, { reply: Type.Array(Type.String()) }),
      },
    },
    {
      path,
      operations: {
        ...category.operations,
        ...(category.operations.GET && {
          GET: { ...category.operations.GET, parameters: { with_defaults } },
        }),
      },
    },
    {
      path: `${path}/:section`,
      operations: {
        GET: operation('superduper', 'The section of a node, a zone, or default', readSection, {
          parameters: { with_defaults },
          reply,
        }),
        PUT: operation('superduper', 'Sets a section', replaceSection, { reply }),
        POST: operation('superduper', 'Replaces a section', replaceSection, { reply }),
        PATCH: operation(
          'superduper',
          'Merges into a section',
          (request) => changeSection(request, (before, data) => merged(before ?? {}, data)),
          { reply },
        ),
        DELETE: operation('superduper', 'Removes a section', removeSection, { reply }),
      },
    },
  ],
};

async function list(request: RestRequest): Promise<DataReply> {
  const rows = await database(request).view('system_configs', 'crossbar_listing');
  return { data: rows.map(({ id }) => id) };
}

function checkSections(sections: object): void {
  for (const [section, values] of Object.entries(sections))
    if (!isRecord(values))
      throw invalid(section.replaceAll('.', '%2E'), 'type', 'a section must be an object', {
        target: 'object',
        value: values,
      });
}

/** What is not the same below: a section keeps only where it differs, and follows `default` in all else. */
function differing(values: Json, below: Json): Json {
  const own = Object.entries(values).flatMap(([key, value]) => {
    const theirs = Object.hasOwn(below, key) ? below[key] : undefined;
    if (isDeepStrictEqual(value, theirs)) return [];
    return [[key, isRecord(value) && isRecord(theirs) ? differing(value, theirs) : value] as const];
  });
  return Object.fromEntries(own);
}

function withDefaults(sections: Json): Json {
  const below = isRecord(sections['default']) ? sections['default'] : {};
  return Object.fromEntries(
    Object.entries(sections).map(([name, values]) => [
      name,
      isRecord(values) ? merged(below, values) : values,
    ]),
  );
}

/** A section that does not stand in the category is empty, with `with_defaults` what `default` says. */
async function readSection(request: RestRequest): Promise<DataReply> {
  return ofSection(request, await readSingle(contract, request));
}

function ofSection(request: RestRequest, { data, revision }: DataReply): DataReply {
  const section = pathParameter(request, 'section');
  const sections = data as Json;
  const other = flag(request, 'with_defaults') ? sections['default'] : {};
  const values = (Object.hasOwn(sections, section) && sections[section]) || other;
  return {
    data: { ...(isRecord(values) ? values : {}), id: `${pathParameter(request, 'category')}/${section}` },
    revision,
  };
}

function replaceSection(request: RestRequest): Promise<DataReply> {
  return changeSection(request, (_, data) => data);
}

/** Undefined removes the section. */
async function changeSection(
  request: RestRequest,
  apply: (before: Json | undefined, data: Json) => Json | undefined,
): Promise<DataReply> {
  const section = pathParameter(request, 'section');
  if (section === 'id' || section.startsWith('pvt_') || section.startsWith('_')) throw missing(section);
  const changed = await changeSingle(contract, request, ({ [section]: before, ...others }, data) => {
    const next = apply(isRecord(before) ? before : undefined, data);
    return next ? { ...others, [section]: next } : others;
  });
  return ofSection(request, changed);
}

async function removeSection(request: RestRequest): Promise<DataReply> {
  const { data, revision } = await changeSection(request, (before) => {
    if (!before) throw missing(`${pathParameter(request, 'category')}/${pathParameter(request, 'section')}`);
    return undefined;
  });
  return { data: deleted(data as Json), revision };
}
