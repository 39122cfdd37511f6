// A CouchDB database as the replicator sees it: an address, credentials, and JSON over fetch.
import { CouchError } from './errors.ts';

/** Failed because the database is not there, rather than because the way to it is broken. */
const isMissing = (status: number) => status === 404;

/** One end of a replication. Ours and foreign databases are reached the same way, by HTTP. */
export class Remote {
  readonly url: string;
  readonly #headers: Record<string, string>;
  readonly #signal: AbortSignal;

  constructor(url: string, headers: Record<string, string>, signal: AbortSignal) {
    const parsed = new URL(url);
    this.#headers = { ...headers };
    if (parsed.username !== '') {
      const pair = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
      this.#headers['Authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    parsed.username = '';
    parsed.password = '';
    this.url = parsed.href.replace(/\/$/, '');
    this.#signal = signal;
  }

  /** Throws CouchDB's `db_not_found` when the database does not exist. */
  async check(): Promise<void> {
    const response = await this.#fetch('GET', '');
    await response.arrayBuffer();
    if (response.ok) return;
    if (isMissing(response.status)) throw new CouchError(500, 'db_not_found', `could not open ${this.url}/`);
    throw new CouchError(500, 'unauthorized', `unauthorized to access or create database ${this.url}/`);
  }

  async create(): Promise<void> {
    const response = await this.#fetch('PUT', '');
    await response.arrayBuffer();
    if (!response.ok && response.status !== 412)
      throw new CouchError(500, 'unauthorized', `could not create ${this.url}/`);
  }

  async find<T>(path: string): Promise<T | undefined> {
    const response = await this.#fetch('GET', path);
    if (isMissing(response.status)) {
      await response.arrayBuffer();
      return undefined;
    }
    return this.#read<T>(response, path);
  }

  async get<T>(path: string): Promise<T> {
    return this.#read<T>(await this.#fetch('GET', path), path);
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return this.#read<T>(await this.#fetch('POST', path, body), path);
  }

  async put<T>(path: string, body: unknown): Promise<T> {
    return this.#read<T>(await this.#fetch('PUT', path, body), path);
  }

  #fetch(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(this.url + path, {
      method,
      signal: this.#signal,
      headers: {
        Accept: 'application/json',
        ...this.#headers,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async #read<T>(response: Response, path: string): Promise<T> {
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    throw new CouchError(
      500,
      'replication_failed',
      `${this.url}${path.split('?')[0]}: ${response.status} ${text.trim()}`,
    );
  }
}
