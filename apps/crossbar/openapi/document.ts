// The OpenAPI 3.1 document of the API, from the declarations that check and answer the requests.
import type { JsonSchema, Verb } from '../../../core/contract/index.ts';
import { version } from '../../../core/files/index.ts';
import type { Endpoint, Operation, RestModule } from '../engine/index.ts';
import { Components, reference } from './components.ts';
import { envelopes, parameters, responses } from './shared.ts';

type Json = Record<string, unknown>;

/** The whole document, as plain JSON. */
export function openApi(modules: readonly RestModule[]): Json {
  const components = new Components();
  const paths: Json = {};
  for (const module of modules)
    for (const endpoint of module.endpoints)
      paths[templateOf(endpoint.path)] = {
        ...(paths[templateOf(endpoint.path)] as Json | undefined),
        ...pathItem(module, endpoint, components),
      };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mirliton',
      version,
      summary: 'The REST API of a telephone cluster, with the paths, envelopes and error codes of Kazoo',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/v2' }],
    tags: modules.map(({ name, summary }) => ({ name, description: summary })),
    paths,
    components: {
      schemas: { ...envelopes, ...components.schemas },
      parameters,
      responses,
      securitySchemes: {
        token: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Auth-Token',
          description: 'From `PUT /user_auth` or `PUT /api_auth`',
        },
        bearer: { type: 'http', scheme: 'bearer', description: 'The same token' },
      },
    },
  };
}

/** `/accounts/:account_id/menus` as `/accounts/{account_id}/menus`. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

/** `GET /accounts/:account_id/menus/:id` as `getAccountsMenusById`: what it is called in generated clients. */
export function operationIdOf(verb: string, path: string): string {
  const words = path.replace('/accounts/:account_id/', '/accounts/').split('/').filter(Boolean);
  const named = words.map((word) => {
    const plain = word
      .replace(/^:/, '')
      .replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, first: string) => first.toUpperCase());
    return word.startsWith(':') ? `By${plain}` : plain;
  });
  return verb.toLowerCase() + named.join('');
}

function pathItem(module: RestModule, { path, operations }: Endpoint, components: Components): Json {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const item = Object.entries(operations).map(([verb, operation]) => [
    verb.toLowerCase(),
    operationOf(module, path, verb as Verb, operation, components),
  ]);
  return {
    ...(names.length > 0 && {
      parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    }),
    ...Object.fromEntries(item),
  };
}

function operationOf(
  module: RestModule,
  path: string,
  verb: Verb,
  operation: Operation,
  components: Components,
): Json {
  const { permission, summary } = operation;
  const taken = bodyOf(verb, operation, components);
  return {
    operationId: operationIdOf(verb, path),
    tags: [module.name],
    summary,
    'x-permission': permission,
    security: permission === 'public' ? [] : [{ token: [] }, { bearer: [] }],
    ...parametersOf(verb, operation, components),
    ...(taken && { requestBody: taken }),
    responses: responsesOf(verb, path, operation, components),
  };
}

function parametersOf(verb: Verb, operation: Operation, components: Components): Json {
  const own = Object.entries(operation.parameters ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    schema: components.of(schema as JsonSchema),
  }));
  const taken = new Set(own.map(({ name }) => name));
  const shared = operation.list
    ? Object.keys(parameters)
    : verb === 'GET' && operation.reply
      ? ['fields']
      : [];
  const all = [
    ...own,
    ...shared.filter((name) => !taken.has(name)).map((name) => reference(name, 'parameters')),
  ];
  return all.length > 0 ? { parameters: all } : {};
}

function bodyOf(verb: Verb, { body, uploads, accept }: Operation, components: Components): Json | undefined {
  if (uploads) {
    const file = { schema: { description: `One file of a type that fits ${uploads.source}` } };
    return { required: true, content: { '*/*': file, 'multipart/form-data': file } };
  }
  if (verb === 'GET' || (verb === 'DELETE' && !body)) return undefined;
  // What is merged need not be whole.
  const data = body && (verb === 'PATCH' && !accept ? components.partOf(body) : components.of(body));
  return {
    required: body !== undefined,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['data'],
          properties: { data: data ?? { type: ['object', 'array'] } },
        },
      },
    },
  };
}

function responsesOf(verb: Verb, path: string, operation: Operation, components: Components): Json {
  const { permission, produces = [], reply, list, body } = operation;
  const isWrite = verb !== 'GET';
  const shown = reply && dataOf(reply, body, components);
  const data = list ? { type: 'array', items: shown ?? reference('Row') } : shown;
  const files = [...produces, ...(list ? ['text/csv', 'application/pdf'] : [])];
  const schema = {
    allOf: [
      reference(list ? 'List' : 'Success'),
      ...(data ? [{ type: 'object', properties: { data } }] : []),
    ],
  };
  const content = { 'application/json': { schema }, ...Object.fromEntries(files.map((type) => [type, {}])) };
  const error = (name: string) => reference(name, 'responses');
  return {
    [verb === 'PUT' ? 201 : 200]: { description: operation.summary, content },
    ...(verb === 'GET' && { 304: error('NotModified') }),
    ...(isWrite && { 400: error('Invalid') }),
    ...(permission !== 'public' && { 401: error('Unauthorized'), 403: error('Forbidden') }),
    ...(path.includes(':') && { 404: error('NotFound') }),
    ...(isWrite && { 409: error('Conflict'), 412: error('Precondition') }),
    default: error('Failure'),
  };
}

/** What is sent as a document comes back as one: with its id. */
function dataOf(reply: JsonSchema, body: JsonSchema | undefined, components: Components): Json {
  const isDocument = typeof (reply as Json)['$id'] === 'string';
  return isDocument || body === reply
    ? { allOf: [components.of(reply), reference('Stored')] }
    : components.of(reply);
}
