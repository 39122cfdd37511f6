// A crossbar on a port of its own over fakes, and a client that speaks to it as Kazoo's clients do; for tests only.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { createActorSystem } from '../../../core/actors/index.ts';
import type { AppContext } from '../../../core/app/index.ts';
import { loadSettings, systemConfig } from '../../../core/config/index.ts';
import { connectStore, type Store } from '../../../core/couch/index.ts';
import {
  type FakeBus,
  type FakeMetrics,
  fakeBus,
  fakeMetrics,
  memoryStore,
  type SilentLog,
  silentLog,
} from '../../../core/testing/index.ts';
import { start } from '../app.ts';
import { createFirstAccount } from '../bootstrap.ts';

/** An answer with its envelope parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into every kind of envelope
  readonly body: any;
}

export interface Options {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is instead of JSON. */
  readonly raw?: string | Uint8Array;
}

export interface Rest {
  readonly url: string;
  readonly context: AppContext;
  readonly store: Store;
  readonly bus: FakeBus;
  readonly log: SilentLog;
  readonly metrics: FakeMetrics;
  /** The master account and its administrator's token. */
  readonly master: { readonly id: string; readonly userId: string; readonly token: string };
  /** `path` is below `/v2/`; `data` becomes the envelope. */
  send(method: string, path: string, data?: unknown, options?: Options): Promise<Answer>;
  login(username: string, password: string, account: string): Promise<Answer>;
  /** An account below the master with an administrator. */
  account(name: string, parent?: string): Promise<Tenant>;
  /** The same, and it sells to the accounts that are made below it. */
  reseller(name: string, parent?: string): Promise<Tenant>;
  stop(): Promise<void>;
}

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly realm: string;
  readonly token: string;
  readonly userId: string;
  /** Requests below this account with its administrator's token. */
  send(method: string, path: string, data?: unknown, options?: Options): Promise<Answer>;
}

const admin = { username: 'admin', password: 'secret-of-admin' };

/** A store in memory, or over the CouchDB that MIRLITON_TEST_COUCH names, emptied. */
async function emptyStore(): Promise<Store> {
  const url = process.env['MIRLITON_TEST_COUCH'];
  if (!url) return memoryStore();
  const store = connectStore({
    urls: [url],
    user: 'admin',
    password: 'mirliton',
    node: 'crossbar@localhost',
    log: silentLog(),
  });
  for (const name of await store.list()) await store.drop(name);
  return store;
}

/** Starts crossbar over an empty store (or `store`) and makes the master account. */
export async function startRest(given: { readonly store?: Store } = {}): Promise<Rest> {
  const store = given.store ?? (await emptyStore());
  const log = silentLog('crossbar');
  const metrics = fakeMetrics();
  const bus = fakeBus({ node: 'crossbar@localhost' });
  const context: AppContext = {
    node: 'crossbar@localhost',
    settings: loadSettings({ overrides: { 'rest.port': 0 } }),
    systemConfig: systemConfig(store, { zone: 'local', node: 'crossbar@localhost' }),
    bus,
    store,
    actors: createActorSystem({ name: 'crossbar', log, metrics }),
    metrics,
    log,
  };
  const app = await start(context);
  const url = `http://127.0.0.1:${app.port}`;
  // Not fetch, which takes twice the processor time: these tests send tens of thousands of requests.
  const agent = new Agent({ keepAlive: true });
  const send = sender(url, agent);
  const login: Rest['login'] = (username, password, account_name) =>
    send('PUT', 'user_auth', { credentials: md5(`${username}:${password}`), account_name });
  const made = await createFirstAccount(context, { name: 'master', realm: 'master.test', ...admin });
  if (!made) throw new Error('there is a master account already');
  const { body } = await login(admin.username, admin.password, 'master');
  const master = { id: made.accountId, userId: made.userId, token: String(body.auth_token) };
  const account: Rest['account'] = async (name, parent = master.id) => {
    const token = master.token;
    const realm = `${name}.test`;
    const { body: created } = await send('PUT', `accounts/${parent}`, { name, realm }, { token });
    const id = String(created.data.id);
    const person = { first_name: 'Ann', last_name: 'Admin', priv_level: 'admin', ...admin };
    const { body: user } = await send('PUT', `accounts/${id}/users`, person, { token });
    const { body: session } = await login(admin.username, admin.password, name);
    const own = String(session.auth_token);
    return {
      id,
      name,
      realm,
      token: own,
      userId: String(user.data.id),
      send: (method, path, data, options) =>
        send(method, `accounts/${id}${path && `/${path}`}`, data, { token: own, ...options }),
    };
  };
  const reseller: Rest['reseller'] = async (name, parent) => {
    const made = await account(name, parent);
    const { status, text } = await send('PUT', `accounts/${made.id}/reseller`, {}, { token: master.token });
    if (status !== 201) throw new Error(`${name} was not made a reseller: ${text}`);
    return made;
  };
  const stop = async (): Promise<void> => {
    await app.stop();
    await context.actors.drain(100);
    await bus.close();
    await store.close();
  };
  return { url, context, store, bus, log, metrics, master, send, login, account, reseller, stop };
}

function sender(url: string, agent: Agent): Rest['send'] {
  return async (method, path, data, { token, headers = {}, raw } = {}) => {
    const body = raw ?? (data === undefined ? undefined : JSON.stringify({ data }));
    const sent = request(`${url}/v2/${path}`, {
      agent,
      method,
      headers: {
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...(token === undefined ? {} : { 'x-auth-token': token }),
        ...headers,
      },
    });
    // Who answers before all is sent closes the connection; what was answered counts.
    sent.on('error', () => undefined);
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const packed = response.headers['content-encoding'] === 'gzip';
    const text = await textOf(packed ? response.pipe(createGunzip()) : response);
    const isJson = response.headers['content-type']?.startsWith('application/json');
    return {
      status: response.statusCode ?? 0,
      headers: headersOf(response),
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  };
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
