// Makes one cluster of CouchDB nodes that were started each for itself. Done again, it changes nothing.
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, errorText } from '../../core/errors/index.ts';

export interface JoinOptions {
  /** Of all nodes; the first one is told of the others. */
  readonly urls: readonly string[];
  readonly user: string;
  readonly password: string;
  /** Erlang names of the nodes, in the order of `urls`. */
  readonly names: readonly string[];
  /** Told what is waited for. */
  readonly tell?: (what: string) => void;
  /** Milliseconds for the nodes to start, and again for them to find each other. */
  readonly patience?: number;
}

/** Databases that CouchDB itself expects in a cluster. */
const systemDatabases = ['_users', '_replicator'];

/** As the image `couchdb` names them: `couchdb@` and the host of the URL. */
export const namesOf = (urls: readonly string[], name = 'couchdb'): string[] =>
  urls.map((url) => `${name}@${new URL(url).hostname}`);

/**
 * Joins the nodes and makes the system databases. Rejects with `datastore_unreachable` when a node does not answer or does
 * not find the others in time (Erlang's ports 4369 and 9100 must be open between them, and the cookie must be the same).
 */
export async function joinCluster(options: JoinOptions): Promise<void> {
  const { urls, names, tell = () => undefined, patience = 60_000 } = options;
  const [first = ''] = urls;
  const ask = asker(options);
  for (const url of urls)
    await until(patience, `${url} does not answer`, async () => {
      tell(`${url} to answer`);
      return (await ask('GET', `${url}/_up`)).status === 200;
    });
  for (const name of names)
    accept(await ask('PUT', `${first}/_node/_local/_nodes/${name}`, {}), [201, 202, 409]);
  for (const url of urls)
    await until(patience, `${url} does not see all of ${names.join(', ')}`, async () => {
      tell(`${url} to see the others`);
      const { all_nodes, cluster_nodes } = (await (await ask('GET', `${url}/_membership`)).json()) as {
        all_nodes?: string[];
        cluster_nodes?: string[];
      };
      return names.every((name) => all_nodes?.includes(name) && cluster_nodes?.includes(name));
    });
  for (const name of systemDatabases) accept(await ask('PUT', `${first}/${name}`), [201, 202, 412]);
}

type Ask = (method: string, url: string, body?: object) => Promise<Response>;

function asker({ user, password }: JoinOptions): Ask {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return (method, url, body) =>
    fetch(url, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5_000),
    });
}

function accept({ status, url }: Response, statuses: readonly number[]): void {
  if (!statuses.includes(status))
    throw new AppError('datastore_fault', {
      message: `CouchDB answered ${status} to PUT ${url}${status === 401 ? ': store.user or store.password is wrong' : ''}`,
    });
}

async function until(patience: number, otherwise: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    let why = '';
    try {
      if (await holds()) return;
    } catch (error) {
      why = ` (${errorText(error)})`;
    }
    if (Date.now() >= deadline) throw new AppError('datastore_unreachable', { message: otherwise + why });
    await pause(250);
  }
}
