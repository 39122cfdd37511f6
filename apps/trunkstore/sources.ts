// Who is known by address: carriers of the cluster, carriers and PBXs of accounts, devices without a password.
import { isIP } from 'node:net';
import { accountIdOf, isMonthDatabase, type Store } from '../../core/couch/index.ts';
import { connectivity, device, resource } from '../../core/documents/index.ts';
import { hasCode } from '../../core/errors/index.ts';
import { type Carriers, offnet } from './carriers.ts';
import { type Json, record, text, texts } from './fields.ts';

/** Hosts (names, addresses, networks) that stand for one token. */
export interface Source {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly ports?: readonly number[];
  readonly token: string;
  /** The type of the document that says so. */
  readonly type: string;
}

const types: readonly string[] = [resource.type, connectivity.type, device.type, 'account'];

/** True for documents that may say who is trusted; a change without a type may be of any. */
export const isTrustSource = (type: string | undefined): boolean =>
  type === undefined || types.includes(type);

/** The carriers of the cluster. */
export async function readCluster(carriers: Carriers): Promise<Source[]> {
  return (await carriers.list()).flatMap(({ document }) => carrierSources(document, offnet));
}

/** The devices that sign in by address, from the copies in `sip_auth`. */
export async function readDevices(store: Store): Promise<Source[]> {
  const database = store.database('sip_auth');
  const rows = await database.view('credentials', 'lookup_by_ip', { includeDocs: true }).catch(orNone);
  return rows.flatMap(({ key, doc }): Source[] => {
    const account = doc?.pvt_account_id;
    // A device may have an address and sign in by password all the same.
    if (doc?.pvt_type !== device.type || !account || record(doc['sip'])['method'] !== 'ip') return [];
    if (!isNarrow(String(key))) return [];
    const token = `${doc._id}@${account}`;
    return [{ name: token, hosts: [String(key)], token, type: device.type }];
  });
}

// Accounts are read once, at the start; a few at a time leave room for calls.
const atOnce = 8;

/** The carriers and PBXs of every account, by database. */
export async function readAllAccounts(store: Store): Promise<Map<string, readonly Source[]>> {
  const waiting = (await store.list('account/')).filter((name) => !isMonthDatabase(name)).sort();
  const found = new Map<string, readonly Source[]>(waiting.map((name) => [name, []]));
  const worker = async (): Promise<void> => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
      found.set(name, await readAccount(store, name));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return found;
}

/** The carriers and PBXs of one account. */
export async function readAccount(store: Store, database: string): Promise<Source[]> {
  const keys = [resource.type, connectivity.type];
  const query = { keys, includeDocs: true };
  const rows = await store.database(database).view('maintenance', 'listing_by_type', query).catch(orNone);
  const accountId = accountIdOf(database);
  return rows
    .flatMap(({ doc }): Source[] => {
      if (doc?.pvt_type === resource.type) return carrierSources(doc, accountId);
      return doc?.pvt_type === connectivity.type ? pbxSources(doc, accountId) : [];
    })
    .map((source) => ({ ...source, hosts: source.hosts.filter(isNarrow) }));
}

// Bits of the widest network that an account may call its own. Whoever is in it needs no digest, and one customer's
// 0.0.0.0/0 would let in everybody, in that customer's name.
const narrowest = { 4: 24, 6: 64 };

function isNarrow(host: string): boolean {
  const [address = '', bits] = host.split('/');
  if (bits === undefined) return true;
  const family = isIP(address);
  return family !== 0 && /^\d+$/.test(bits) && Number(bits) >= narrowest[family as 4 | 6];
}

/** One source per gateway that is enabled: `inbound_ip`, else the server. `force_port` trusts its port only. */
function carrierSources(carrier: { readonly _id: string }, place: string): Source[] {
  const document = record(carrier);
  if (document['enabled'] === false || !Array.isArray(document['gateways'])) return [];
  const token = `${carrier._id}@${place}`;
  const own = hostsOf(document['inbound_ip']);
  return document['gateways'].map(record).flatMap((gateway, index): Source[] => {
    if (gateway['enabled'] === false) return [];
    const known = [...hostsOf(gateway['inbound_ip']), ...own];
    const hosts = known.length > 0 ? known : hostsOf(gateway['server']);
    const inServer = /^[^:]+:(\d+)$/.exec(text(gateway['server']) ?? '')?.[1];
    const port = Number(inServer ?? gateway['port'] ?? 5060);
    const ports = gateway['force_port'] === true ? { ports: [port] } : {};
    return [{ name: `${token}/${index + 1}`, hosts, ...ports, token, type: resource.type }];
  });
}

function pbxSources(document: Json & { readonly _id: string }, accountId: string): Source[] {
  const servers = Array.isArray(document['servers']) ? document['servers'].map(record) : [];
  const token = `${document._id}@${accountId}`;
  return servers.flatMap((server, index): Source[] => {
    const auth = record(server['auth']);
    const byAddress = text(auth['auth_method'])?.toLowerCase() === 'ip';
    const enabled = record(server['options'])['enabled'] !== false;
    if (!byAddress || !enabled) return [];
    return [{ name: `${token}/${index + 1}`, hosts: hostsOf(auth['ip']), token, type: connectivity.type }];
  });
}

/** One host or a list, without ports. */
function hostsOf(value: unknown): string[] {
  const hosts = Array.isArray(value) ? texts(value) : texts([value]);
  return hosts.map((host) => host.replace(/^([^:]+):\d+$/, '$1').replace(/^\[(.*)\](?::\d+)?$/, '$1'));
}

/** A database that is not there (yet) trusts nobody. */
function orNone(error: unknown): never[] {
  if (hasCode(error, 'datastore_missing') || hasCode(error, 'datastore_missing_view')) return [];
  throw error;
}
