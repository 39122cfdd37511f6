// schemas: the JSON schemas of documents and callflow actions, as every app of the cluster published them.
import type { StoredDocument } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  type DataReply,
  dataObject,
  missing,
  operation,
  pathParameter,
  publicPart,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';
import { findValidator } from '../live/schemas.ts';

export const schemas: RestModule = {
  name: 'schemas',
  summary: 'JSON schemas of everything that can be sent',
  endpoints: [
    { path: '/schemas', operations: { GET: operation('public', 'Names of the schemas', list) } },
    { path: '/schemas/:name', operations: { GET: operation('public', 'A schema', read) } },
    {
      path: '/schemas/:name/validation',
      operations: { PUT: operation('account', 'Checks `data` against a schema', validate) },
    },
  ],
};

const database = ({ services }: RestRequest) => services.store.database('system_schemas');

async function list(request: RestRequest): Promise<DataReply> {
  return { data: (await database(request).all()).map(({ id }) => id) };
}

async function find(request: RestRequest): Promise<StoredDocument> {
  const name = pathParameter(request, 'name');
  const document = name.startsWith('_') ? undefined : await database(request).find(name);
  if (!document) throw missing(name);
  return document;
}

async function read(request: RestRequest): Promise<DataReply> {
  const document = await find(request);
  return { data: publicPart(document), revision: document._rev };
}

/** The data as it is, when it fits the schema. */
async function validate(request: RestRequest): Promise<DataReply> {
  const name = pathParameter(request, 'name');
  const validator = await findValidator(request.services, name);
  if (!validator) throw missing(name);
  const violations = validator.check(dataObject(request));
  if (violations.length > 0) throw new AppError('invalid_data', { details: { violations } });
  return { data: request.data, status: 200 };
}
