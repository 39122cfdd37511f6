// The CouchDB under test: the one that MIRLITON_COUCH_URL names (with credentials), else an embedded one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCouch } from '../../../rel/embedded/couch/index.ts';

const USER = 'admin';
const PASSWORD = 'conformance';

/** What the tests look into; every member that an answer lacks is undefined. */
// biome-ignore lint/suspicious/noExplicitAny: an answer of any shape is what these tests examine.
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined when the answer is not JSON. */
  body: Json;
}

/** One server, reached as an administrator unless a request says otherwise. */
export class Couch {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly #stop: () => Promise<void>;
  readonly #databases: string[] = [];

  constructor(address: string, stop: () => Promise<void>) {
    const url = new URL(address);
    this.user = decodeURIComponent(url.username);
    this.password = decodeURIComponent(url.password);
    url.username = '';
    url.password = '';
    this.url = url.href.replace(/\/$/, '');
    this.#stop = stop;
  }

  /** The address with the administrator's credentials. */
  get fullUrl(): string {
    const pair = `${encodeURIComponent(this.user)}:${encodeURIComponent(this.password)}`;
    return this.url.replace('://', `://${pair}@`);
  }

  get authorization(): string {
    return `Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}`;
  }

  /** Sends a request; an object is sent as JSON. An Authorization of '' sends none. */
  async send(
    method: string,
    path: string,
    body?: object | string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await this.open(method, path, body, headers);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }

  /** As `send`, with the body still to be read. */
  open(
    method: string,
    path: string,
    body?: object | string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const isJson = typeof body === 'object' && !(body instanceof Uint8Array);
    const all: Record<string, string> = {
      authorization: this.authorization,
      ...(isJson && { 'content-type': 'application/json' }),
      ...headers,
    };
    if (all['authorization'] === '') delete all['authorization'];
    return fetch(this.url + path, {
      method,
      headers: all,
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as string) }),
      ...(signal && { signal }),
    });
  }

  /**
   * Makes a database with slashes in its name, removed by `stop`; gives its path: `/account%2F…`. It is one shard in one copy,
   * also in a cluster: of several copies any one answers a view, which may not have yet what was just written, and each shard
   * counts its changes for itself.
   */
  async database(): Promise<string> {
    const path = this.name();
    const { status } = await this.send('PUT', `${path}?n=1&q=1`);
    if (status !== 201) throw new Error(`PUT ${path} answered ${status}`);
    return path;
  }

  /** The path of a database that does not exist yet; removed by `stop` if it does then. */
  name(): string {
    const id = crypto.randomUUID().replaceAll('-', '');
    const path = `/account%2F${id.slice(0, 2)}%2F${id.slice(2, 4)}%2F${id.slice(4)}`;
    this.#databases.push(path);
    return path;
  }

  async stop(): Promise<void> {
    for (const path of this.#databases) await this.send('DELETE', path);
    await this.#stop();
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Starts or reaches the server under test; `peer` is the other end of replications. */
export async function startServer(role: 'main' | 'peer' = 'main'): Promise<Couch> {
  const address = process.env[role === 'main' ? 'MIRLITON_COUCH_URL' : 'MIRLITON_COUCH_PEER_URL'];
  if (address) return new Couch(address, async () => undefined);
  const dataDir = await mkdtemp(join(tmpdir(), 'mirliton-couch-'));
  const server = await startCouch({ host: '127.0.0.1', port: 0, dataDir, user: USER, password: PASSWORD });
  return new Couch(`http://${USER}:${PASSWORD}@127.0.0.1:${server.port}`, async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
}
