// whitelabel: the branding of an account, and for pages that nobody logged in to yet that of a domain (contract/crossbar.md §6.1).
import { type StoredFields, Type } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { whitelabel as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  attachmentName,
  attachmentReply,
  checkRevision,
  type DataReply,
  type Endpoint,
  harmless,
  invalid,
  load,
  oneUpload,
  operation,
  parameter,
  pathParameter,
  publicPart,
  type RawReply,
  type RestModule,
  type RestRequest,
  single,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { claimDomain, databaseOfDomain } from '../ui/branding.ts';
import { type Domains, domains, domainsOf, lookUp, wantedDomains } from '../ui/domains.ts';

const id = contract.type;
const domainParameter = {
  domain: Type.Optional(Type.String({ description: "default: the branding's own" })),
};
const lookups = Type.Record(Type.String(), Type.Unknown());
const base64 = 'application\\/(x-)?base64|application\\/octet-stream';

/** The attachments, and what may be uploaded as each. */
const kinds = {
  logo: new RegExp(`^(image\\/[\\w.+-]+|${base64})$`),
  icon: new RegExp(`^(image\\/[\\w.+-]+|${base64})$`),
  welcome: /^text\/html$/,
} as const;
type Kind = keyof typeof kinds;

export const whitelabel: RestModule = {
  name: 'whitelabel',
  summary: 'Branding',
  endpoints: [
    single({
      path: 'whitelabel',
      document: contract,
      id,
      verbs: { GET: 'account', PUT: 'admin', POST: 'admin', DELETE: 'admin' },
      beforeSave: (request: RestRequest, { domain }) =>
        claimDomain(request.services.store, targetAccount(request)._id, domain),
      afterDelete: (request) => claimDomain(request.services.store, targetAccount(request)._id, undefined),
    }),
    accountEndpoint('whitelabel/domains', {
      GET: operation('account', 'What should stand in DNS for the domain', wanted, {
        parameters: domainParameter,
        reply: domains,
      }),
      POST: operation('admin', 'Looks up what stands in DNS for the domain', check, {
        parameters: domainParameter,
        reply: lookups,
      }),
    }),
    {
      path: '/whitelabel/domains',
      operations: {
        GET: operation('public', 'What should stand in DNS for a domain', wanted, {
          parameters: domainParameter,
          reply: domains,
        }),
        POST: operation(
          'superduper',
          'Replaces what should stand in DNS for every branded domain',
          setWanted,
          {
            accepts: domains,
            reply: domains,
          },
        ),
      },
    },
    {
      path: '/whitelabel/:domain',
      operations: {
        GET: operation('public', 'The branding of a domain', readByDomain, { reply: contract.schema }),
      },
    },
    accountEndpoint('whitelabel/:domain', {
      GET: operation('account', 'The branding of a domain', readByDomain, { reply: contract.schema }),
    }),
    ...(Object.keys(kinds) as Kind[]).flatMap(attachment),
  ],
};

/** An attachment below the account, where it is written too, and below the domain. */
function attachment(kind: Kind): Endpoint[] {
  const produces = [kind === 'welcome' ? 'text/html' : 'image/*'];
  const ofDomain = (permission: 'account' | 'public') =>
    operation(
      permission,
      `The ${kind} of a domain`,
      async (request) => {
        const domain = pathParameter(request, 'domain');
        return download(request, await databaseOfDomain(request.services.store, domain), kind);
      },
      { produces },
    );
  return [
    accountEndpoint(`whitelabel/${kind}`, {
      GET: operation(
        'account',
        `The ${kind}`,
        (request) => download(request, targetDatabase(request), kind),
        {
          produces,
        },
      ),
      POST: operation('admin', `Uploads the ${kind}`, (request) => upload(request, kind), {
        uploads: kinds[kind],
      }),
    }),
    { path: `/whitelabel/:domain/${kind}`, operations: { GET: ofDomain('public') } },
    accountEndpoint(`whitelabel/:domain/${kind}`, { GET: ofDomain('account') }),
  ];
}

/** Kazoo's names begin with the kind; the one file of a branding of its first versions is the logo. */
function nameOf({ _attachments = {} }: StoredFields, kind: Kind): string | undefined {
  const names = Object.keys(_attachments);
  const [only, ...others] = names;
  const isOld = kind === 'logo' && others.length === 0 && !/^(icon|welcome)/.test(only ?? '');
  return names.find((name) => name.startsWith(kind)) ?? (isOld ? only : undefined);
}

async function download(request: RestRequest, database: Database, kind: Kind): Promise<RawReply> {
  const name = nameOf(await load(database, contract, id), kind);
  if (name === undefined) throw new AppError('not_found', { message: `there is no ${kind}` });
  const reply = await attachmentReply(request, database, id, name);
  return { ...reply, headers: { ...reply.headers, ...harmless } };
}

async function upload(request: RestRequest, kind: Kind): Promise<DataReply> {
  const file = oneUpload(request, kinds[kind]);
  const database = targetDatabase(request);
  const before = await load(database, contract, id, { fresh: true });
  checkRevision(request, before);
  const old = nameOf(before, kind);
  const name = `${kind}-${attachmentName(file, kind)}`;
  await database.attach(id, name, file.body, file.contentType);
  if (old !== undefined && old !== name) await database.detach(id, old);
  const saved = await database.get(id, { fresh: true });
  return { data: publicPart(saved), revision: saved._rev };
}

async function readByDomain(request: RestRequest): Promise<DataReply> {
  const database = await databaseOfDomain(request.services.store, pathParameter(request, 'domain'));
  const found = await load(database, contract, id);
  return { data: publicPart(found), revision: found._rev };
}

/** The domain that the client names, else that of the account's branding. */
async function domainOf(request: RestRequest): Promise<string> {
  const given = parameter(request, 'domain');
  if (typeof given === 'string' && /^[\w.:-]{1,253}$/.test(given)) return given;
  if (given !== undefined) throw invalid('domain', 'pattern', 'must be a domain', { value: given });
  const own = request.account && (await targetDatabase(request).find(id));
  const domain = own?.['domain'];
  if (typeof domain === 'string' && domain !== '') return domain;
  throw invalid('domain', 'required', 'name a domain: there is no branding that has one');
}

async function wanted(request: RestRequest): Promise<DataReply> {
  return { data: domainsOf(await wantedDomains(request.services), await domainOf(request)) };
}

async function check(request: RestRequest): Promise<DataReply> {
  const expected = domainsOf(await wantedDomains(request.services), await domainOf(request));
  return { data: await lookUp(request.services, expected) };
}

async function setWanted({ services, data }: RestRequest<Domains>): Promise<DataReply> {
  await services.systemConfig.set('whitelabel', 'domains', data);
  return { data };
}
