// The names that a branded domain should have in DNS: what they should be, and what they are.
import { Resolver } from 'node:dns/promises';
import { type Static, Type } from '../../../core/contract/index.ts';
import { byPattern } from '../../../core/documents/shared.ts';
import type { Services } from '../engine/index.ts';

const hosts = Type.Optional(
  byPattern(
    '.',
    Type.Object({
      mapping: Type.Array(Type.String(), { minItems: 1 }),
      name: Type.String(),
      zone: Type.Optional(Type.String()),
    }),
  ),
);

/** What should stand in DNS, by type of record and by host. `{{domain}}` stands for the domain. */
export const domains = Type.Object({
  A: hosts,
  CNAME: hosts,
  MX: hosts,
  NAPTR: hosts,
  SRV: hosts,
  TXT: hosts,
});
export type Domains = Static<typeof domains>;
type RecordType = keyof Domains;

const placeholder = '{{domain}}';

/** What the operator wants of every branded domain. */
export function wantedDomains({ systemConfig }: Pick<Services, 'systemConfig'>): Promise<Domains> {
  return systemConfig.get<Domains>('whitelabel', 'domains', {
    A: {},
    CNAME: {},
    MX: {},
    NAPTR: {},
    SRV: {},
    TXT: {},
  });
}

/** The same for one domain. */
export function domainsOf(wanted: Domains, domain: string): Domains {
  const text = JSON.stringify(domain).slice(1, -1);
  return JSON.parse(JSON.stringify(wanted).replaceAll(placeholder, text)) as Domains;
}

/** What DNS says of one host. `error` is the code of a lookup that failed; a name without records is none. */
export interface Lookup {
  readonly name: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  readonly error?: string;
}

/** Milliseconds for a name server to answer. */
const patience = 2000;

/** Looks every name up, in the name servers `whitelabel.nameservers` of the system, else in those of this machine. */
export async function lookUp(
  { systemConfig }: Pick<Services, 'systemConfig'>,
  wanted: Domains,
): Promise<Record<string, Record<string, Lookup>>> {
  const resolver = new Resolver({ timeout: patience, tries: 1 });
  const servers = await systemConfig.get<string[]>('whitelabel', 'nameservers', []);
  if (servers.length > 0) resolver.setServers(servers);
  const types = Object.entries(wanted) as [RecordType, NonNullable<Domains[RecordType]>][];
  return Object.fromEntries(
    await Promise.all(
      types.map(async ([type, hosts]) => [
        type,
        Object.fromEntries(
          await Promise.all(
            Object.entries(hosts).map(async ([host, { mapping, name }]) => [
              host,
              { name, expected: mapping, ...(await records(resolver, type, host)) },
            ]),
          ),
        ),
      ]),
    ),
  );
}

async function records(
  resolver: Resolver,
  type: RecordType,
  host: string,
): Promise<Pick<Lookup, 'actual' | 'error'>> {
  try {
    return { actual: await resolve[type](resolver, host) };
  } catch (error) {
    const { code = String(error) } = error as { readonly code?: string };
    return code === 'ENOTFOUND' || code === 'ENODATA' ? { actual: [] } : { actual: [], error: code };
  }
}

/** Records as zone files spell them. */
const resolve: Readonly<Record<RecordType, (resolver: Resolver, host: string) => Promise<string[]>>> = {
  A: (resolver, host) => resolver.resolve4(host),
  CNAME: (resolver, host) => resolver.resolveCname(host),
  MX: async (resolver, host) =>
    (await resolver.resolveMx(host)).map(({ priority, exchange }) => `${priority} ${exchange}`),
  NAPTR: async (resolver, host) =>
    (await resolver.resolveNaptr(host)).map(
      ({ order, preference, flags, service, regexp, replacement }) =>
        `${order} ${preference} "${flags}" "${service}" "${regexp}" ${replacement}`,
    ),
  SRV: async (resolver, host) =>
    (await resolver.resolveSrv(host)).map(
      ({ priority, weight, port, name }) => `${priority} ${weight} ${port} ${name}`,
    ),
  TXT: async (resolver, host) => (await resolver.resolveTxt(host)).map((parts) => parts.join('')),
};
