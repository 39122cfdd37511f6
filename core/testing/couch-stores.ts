// Stores over one CouchDB for the tests of a `describe`: each ends with its test, the server with the last.
import { randomBytes } from 'node:crypto';
import { type CouchStore, connectStore, type StoreOptions } from '../couch/index.ts';
import { AppError } from '../errors/index.ts';
import { type TestServer, testServer } from './couch-server.ts';
import { silentLog } from './index.ts';

export interface CouchStores {
  /** There from `before` on. */
  readonly server: TestServer;
  /** An account that has its database. */
  readonly account: string;
  open(options?: Partial<StoreOptions>): CouchStore;
}

/** To be called in a `describe`, whose hooks it sets. */
export function couchStores(): CouchStores {
  let server: TestServer;
  const stores: CouchStore[] = [];
  const account = randomBytes(16).toString('hex');
  const open = (options: Partial<StoreOptions> = {}): CouchStore => {
    const { url, user, password } = server;
    const store = connectStore({
      urls: [url],
      user,
      password,
      node: 'test@localhost',
      log: silentLog(),
      ...options,
    });
    stores.push(store);
    return store;
  };
  before(async () => {
    server = await testServer();
    await open().ensure(account, 'account');
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  after(async () => {
    await open().drop(account);
    await stores[0]?.close();
    await server.stop();
  });
  return {
    account,
    open,
    get server() {
      return server;
    },
  };
}

/** The code of the error that work ends with, `nothing` when it succeeds. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error) => (error instanceof AppError ? error.code : String(error)),
  );
