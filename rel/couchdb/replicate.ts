// Sends every database of a zone to another zone, for good: a document of `_replicator` for each, and CouchDB does the rest.
import { AppError } from '../../core/errors/index.ts';

export interface ReplicateOptions {
  /** A node of this zone. */
  readonly source: string;
  readonly user: string;
  readonly password: string;
  /** A node, or the load balancer, of the other zone; user and password of it in the URL. */
  readonly target: string;
  /** Names the documents, so that several zones can be sent to. */
  readonly zone: string;
}

/**
 * Makes the documents that are missing; a database that has one is left alone. Databases of CouchDB itself stay here. Gives the
 * names of those that were added. Rejects with `datastore_fault` when CouchDB refuses.
 */
export async function replicateAll(options: ReplicateOptions): Promise<readonly string[]> {
  const { source, zone } = options;
  const target = new URL(options.target);
  const there = {
    username: decodeURIComponent(target.username),
    password: decodeURIComponent(target.password),
  };
  target.username = target.password = '';
  const here = { username: options.user, password: options.password };
  const ask = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(new URL(path, source), {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${here.username}:${here.password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
  const answer = await ask('GET', '/_all_dbs');
  if (answer.status !== 200) throw refused('GET /_all_dbs', answer.status);
  const names = ((await answer.json()) as string[]).filter((name) => !name.startsWith('_'));
  const added: string[] = [];
  for (const name of names) {
    const path = `/_replicator/${encodeURIComponent(`to ${zone} ${name}`)}`;
    const { status } = await ask('PUT', path, {
      source: { url: new URL(encodeURIComponent(name), source).href, auth: { basic: here } },
      target: { url: new URL(encodeURIComponent(name), target).href, auth: { basic: there } },
      continuous: true,
      create_target: true,
    });
    if (status === 201 || status === 202) added.push(name);
    else if (status !== 409) throw refused(`PUT ${path}`, status);
  }
  return added;
}

const refused = (what: string, status: number): AppError =>
  new AppError('datastore_fault', {
    message: `CouchDB answered ${status} to ${what}${status === 401 ? ': store.user or store.password is wrong' : ''}`,
  });
