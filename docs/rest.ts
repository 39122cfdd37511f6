// The pages of docs/reference/rest: one for each resource, with what a crossbar over a store in memory really answers.

import type { Operation, RestModule } from '../apps/crossbar/engine/index.ts';
import { operationIdOf, templateOf } from '../apps/crossbar/openapi/document.ts';
import { modules } from '../apps/crossbar/resources/index.ts';
import { type Answer, type Rest, startRest, type Tenant } from '../apps/crossbar/testing/rest.ts';
import type { JsonSchema, Permission, Verb } from '../core/contract/index.ts';

type Json = Readonly<Record<string, unknown>>;
type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

/** What the pages are made with. */
export interface Writing {
  readonly note: string;
  readonly table: Table;
  readonly ofSchema: (schema: JsonSchema) => string;
}

const who: Readonly<Record<Permission, string>> = {
  public: 'everybody, without a token',
  account: 'users of the account and of those above it',
  owner: 'the user, administrators of the account and of those above it',
  admin: 'administrators of the account and of those above it',
  ancestor: 'accounts above it',
  reseller: 'administrators, of a reseller',
  superduper: 'the master account',
};

/** Every page by its path below the repository. */
export async function restPages(writing: Writing): Promise<Readonly<Record<string, string>>> {
  const rest = await startRest();
  try {
    const tenant = await rest.account('acme');
    const sorted = [...modules].sort((a, b) => (a.name < b.name ? -1 : 1));
    const pages: Record<string, string> = { 'docs/reference/rest/README.md': overview(sorted, writing) };
    for (const module of sorted)
      pages[`docs/reference/rest/${module.name}.md`] = await pageOf(module, rest, tenant, writing);
    return pages;
  } finally {
    await rest.stop();
  }
}

function overview(sorted: readonly RestModule[], { note, table }: Writing): string {
  const rows = sorted.map(({ name, summary }) => [`[${name}](${name}.md)`, summary]);
  return `# REST\n\n${note}\n\nThe same as OpenAPI 3.1: \`/v2/openapi.json\` of a running crossbar, and a page that shows it at \`/v2/docs\`. Errors: [errors](../errors.md).\n\n${table(['resource', 'what'], rows)}\n`;
}

async function pageOf(module: RestModule, rest: Rest, tenant: Tenant, writing: Writing): Promise<string> {
  const { note, table } = writing;
  const all = module.endpoints.flatMap(({ path, operations }) =>
    Object.entries(operations).map(([verb, it]) => ({ verb: verb as Verb, path, ...it })),
  );
  const rows = all.map(({ verb, path, summary, permission }) => [
    `\`${verb} ${templateOf(path)}\``,
    summary,
    who[permission],
  ]);
  const details = all.map((it) => detailsOf(it, writing)).filter(Boolean);
  const example = await exampleOf(module, rest, tenant);
  return [
    `# ${module.name}`,
    note,
    `${module.summary}.`,
    table(['operation', 'what', 'for'], rows),
    ...details,
    ...(example === '' ? [] : [`## Example\n\n${example}`]),
  ]
    .join('\n\n')
    .concat('\n');
}

function detailsOf(
  {
    verb,
    path,
    parameters,
    body,
    produces,
    uploads,
    list,
  }: Operation & { readonly verb: Verb; readonly path: string },
  { ofSchema }: Writing,
): string {
  const name = (body as Json | undefined)?.['$id'];
  const parts = [
    parameters && `Parameters:\n\n${ofSchema({ type: 'object', properties: parameters } as JsonSchema)}`,
    typeof name === 'string' && verb !== 'PATCH' && `\`data\`: the document [${name}](../documents.md).`,
    typeof name === 'string' &&
      verb === 'PATCH' &&
      `\`data\`: what changes of the document [${name}](../documents.md).`,
    body && name === undefined && `\`data\`:\n\n${ofSchema(body)}`,
    uploads && `Takes a file of a type that fits \`${uploads.source}\`.`,
    produces && `Also as ${produces.map((type) => `\`${type}\``).join(', ')}.`,
    list && 'A list: pages, order and filters as of every list; CSV and PDF.',
  ].filter(Boolean);
  if (parts.length === 0) return '';
  return `## ${operationIdOf(verb, path)}\n\n\`${verb} ${templateOf(path)}\`\n\n${parts.join('\n\n')}`;
}

/** Permissions that the account of the examples has not. */
const ofMaster: readonly (Permission | undefined)[] = ['ancestor', 'reseller', 'superduper'];

/** A document that is created and read, or else the first thing that can be read of a new account. */
async function exampleOf(module: RestModule, rest: Rest, tenant: Tenant): Promise<string> {
  const { plain, name, endpoints } = module;
  const send = (
    permission: Permission | undefined,
    verb: Verb,
    path: string,
    data?: unknown,
  ): Promise<Answer> =>
    rest.send(verb, path, data, {
      token: ofMaster.includes(permission) ? rest.master.token : tenant.token,
    });
  const shown: string[] = [];
  const tell = (verb: Verb, path: string, data: unknown, answer: Answer): void => {
    const sent = data === undefined ? '' : `\n\n${JSON.stringify({ data }, null, 2)}`;
    const request = `${verb} /v2/${path}${sent}`;
    shown.push(
      `\`\`\`http\n${request}\n\`\`\`\n\n\`\`\`json\n${JSON.stringify(short(answer.body), null, 2)}\n\`\`\``,
    );
  };
  if (plain && !plain.within && plain.verbs.collection.PUT) {
    const isOfReseller = plain.verbs.collection.PUT === 'reseller';
    const path = `accounts/${isOfReseller ? rest.master.id : tenant.id}/${plain.path}`;
    const made = await send(plain.verbs.collection.PUT, 'PUT', path, plain.example);
    if (made.status === 201) {
      tell('PUT', path, plain.example, made);
      if (plain.verbs.collection.GET)
        tell('GET', path, undefined, await send(plain.verbs.collection.GET, 'GET', path));
    }
  }
  const simple = endpoints.find(({ path, operations }) => operations.GET && isSimple(path));
  if (shown.length === 0 && simple && !endless.has(name)) {
    const path = simple.path.slice(1).replace(':account_id', tenant.id);
    const answer = await send(simple.operations.GET?.permission, 'GET', path);
    if (answer.status === 200 && answer.body) tell('GET', path, undefined, answer);
  }
  return stable(shown.join('\n\n'), tenant);
}

/** What differs on every machine, or describes everything there is. */
const endless = new Set(['about', 'openapi', 'schemas', 'system_configs', 'system_status']);
const isSimple = (path: string): boolean => !path.replace(':account_id', '').includes(':');

/** Lists are cut after their first entry. */
function short(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(short);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, short(one)]));
}

/** Ids, tokens and times as they could be, the same at every run. */
function stable(text: string, { id }: Tenant): string {
  const ids = new Map([[id, '{account_id}']]);
  const named = (found: string): string => {
    if (!ids.has(found)) ids.set(found, String(ids.size).padStart(32, '0'));
    return ids.get(found) ?? found;
  };
  return (
    text
      .replace(/"(auth_token|request_id|node)": "[^"]*"/g, '"$1": "…"')
      .replace(/"(timestamp)": "[^"]*"/g, '"$1": "2026-01-01T00:00:00Z"')
      .replace(/"revision": "(\d+)-[^"]*"/g, '"revision": "$1-…"')
      .replace(/"smtp_email_address": "[0-9a-f]{8}\./g, '"smtp_email_address": "….')
      .replace(/"remaining": \d+/g, '"remaining": 2999')
      // Moments of this run, in Gregorian seconds; examples themselves lie in the past.
      .replace(/: 6(?:3[89]|[4-9]\d)\d{8}\b/g, ': 63934272000')
      .replace(/[0-9a-f]{32}/g, named)
      // The random first part of the mail address of a fax box.
      .replace(/"[0-9a-f]{8}\.(fax\.)/g, '"1f3a5c7e.$1')
  );
}
