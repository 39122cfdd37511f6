// Writes clients/typescript/operations.ts: every operation of the API and every schema as types, from the OpenAPI document.
import { openApi } from '../apps/crossbar/openapi/document.ts';
import { modules } from '../apps/crossbar/resources/index.ts';

interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly description?: string;
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly 'x-permission': string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

/** `callflows.action` as `CallflowsAction`. */
const nameOf = (schema: string): string =>
  schema.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, first: string) => first.toUpperCase());
const keyOf = (name: string): string => (/^[a-zA-Z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const commentOf = (text: string | undefined, indent: string): string =>
  text ? `${indent}/** ${text.replaceAll('*/', '* /').replaceAll('\n', ' ')} */\n` : '';

function typeOf(schema: Schema, indent = ''): string {
  const { $ref, allOf, type } = schema;
  const forms = schema.anyOf ?? schema.oneOf;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    return name.endsWith('.part') ? `Partial<${nameOf(name.slice(0, -'.part'.length))}>` : nameOf(name);
  }
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (forms) return [...new Set(forms.map((one) => bracketed(typeOf(one, indent))))].join(' | ');
  if (allOf) return allOf.map((one) => bracketed(typeOf(one, indent))).join(' & ');
  if (Array.isArray(type))
    return type.map((one: string) => bracketed(typeOf({ ...schema, type: one }, indent))).join(' | ');
  if (type === 'string') return 'string';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'null') return 'null';
  if (type === 'array') return `readonly ${bracketed(typeOf(schema.items ?? {}, indent))}[]`;
  if (type === 'object' || schema.properties) return objectOf(schema, indent);
  return 'unknown';
}

const bracketed = (type: string): string => (/ [|&] |^readonly /.test(type) ? `(${type})` : type);

/** Keys that are not named are kept by the server: so they may be there. */
function objectOf({ properties = {}, required = [], ...schema }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const named = Object.entries(properties).map(
    ([name, one]) =>
      `${commentOf(one.description, inner)}${inner}readonly ${keyOf(name)}${required.includes(name) ? '' : '?'}: ${typeOf(one, inner)};\n`,
  );
  if (named.length > 0) return `{\n${named.join('')}${inner}readonly [key: string]: unknown;\n${indent}}`;
  const values = [
    ...Object.values(schema.patternProperties ?? {}),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ];
  const value = [...new Set(values.map((one) => bracketed(typeOf(one, indent))))].join(' | ');
  return `Readonly<Record<string, ${value || 'unknown'}>>`;
}

function queryOf({ parameters = [] }: Operation, { components }: Document): string {
  const named = parameters.filter(({ $ref }) => $ref === undefined);
  const own = objectOf(
    { properties: Object.fromEntries(named.map(({ name, schema }) => [name, schema])) },
    '    ',
  );
  const shared = parameters.flatMap(({ $ref }) => $ref?.split('/').at(-1) ?? []);
  const all = Object.keys(components.parameters).filter((name) => shared.includes(name));
  const isList = all.length === Object.keys(components.parameters).length;
  const kind = isList ? 'ListQuery' : all.includes('fields') ? "Pick<ListQuery, 'fields'>" : '';
  return [named.length > 0 ? own : '', kind].filter(Boolean).join(' & ') || 'Query';
}

/** The schema of `data` in a request or in an answer. */
function dataOf(schema: Schema | undefined): string {
  const parts = schema?.allOf ?? (schema ? [schema] : []);
  const data = parts.map(({ properties }) => properties?.['data']).find((it) => it !== undefined);
  return data ? typeOf(data, '    ') : 'unknown';
}

function operationOf(path: string, operation: Operation, document: Document): string {
  const { operationId, summary, requestBody, responses } = operation;
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => `readonly ${name}: string`);
  const body = requestBody?.content['application/json']?.schema;
  const success = (responses['200'] ?? responses['201'])?.content?.['application/json']?.schema;
  const isList = success?.allOf?.some(({ $ref }) => $ref?.endsWith('/List'));
  const answered = dataOf(success);
  return [
    commentOf(`${summary}. For: ${operation['x-permission']}.`, '  '),
    `  readonly ${operationId}: {\n`,
    `    readonly path: ${ids.length > 0 ? `{ ${ids.join('; ')} }` : 'Query'};\n`,
    `    readonly query: ${queryOf(operation, document)};\n`,
    `    readonly body: ${body && requestBody?.required ? dataOf(body) : 'Query'};\n`,
    `    readonly data: ${isList && answered === 'unknown' ? 'readonly Row[]' : answered};\n`,
    '  };\n',
  ].join('');
}

/** The text of the generated file. */
export function operationsFile(): string {
  const document = openApi(modules) as unknown as Document;
  const { schemas, parameters } = document.components;
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([verb]) => verb !== 'parameters')
      .map(([verb, operation]) => ({ verb: verb.toUpperCase(), path, operation })),
  );
  const list = Object.entries(parameters).map(
    ([name, { schema, in: _, ...more }]) =>
      `${commentOf(schema.description ?? (more as Schema).description, '  ')}  readonly ${keyOf(name)}?: ${typeOf(schema, '  ')};\n`,
  );
  const types = Object.entries(schemas)
    .filter(([name]) => !name.endsWith('.part'))
    .map(([name, schema]) => `export type ${nameOf(name)} = ${typeOf(schema)};\n`);
  return [
    '// Generated by `npm run docs` from the declarations of the API; do not edit.\n\n',
    '/** Parameters that are not named. */\nexport type Query = Readonly<Record<string, unknown>>;\n\n',
    `/** Parameters of lists; filters are \`filter_<dotted path>\`. */\nexport type ListQuery = {\n${list.join('')}  readonly [filter: \`filter_\${string}\`]: unknown;\n};\n\n`,
    types.join('\n'),
    '\n/** Every operation: ids in its path, its parameters, `data` of the request and of the answer. */\n',
    `export interface Operations {\n${all.map(({ path, operation }) => operationOf(path, operation, document)).join('')}}\n\n`,
    '/** Verb and path of every operation. */\n',
    `export const paths: { readonly [id in keyof Operations]: readonly [verb: string, path: string] } = {\n${all.map(({ verb, path, operation }) => `  ${operation.operationId}: ['${verb}', '${path}'],\n`).join('')}};\n`,
  ].join('');
}
