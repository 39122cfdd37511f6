// A CouchDB for tests: the one named by MIRLITON_TEST_COUCH, else the embedded one in a new folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCouch } from '../../rel/embedded/couch/index.ts';

export interface TestServer {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** True for a CouchDB that stays: databases must be dropped. */
  readonly real: boolean;
  stop(): Promise<void>;
}

export async function testServer(): Promise<TestServer> {
  const credentials = { user: 'admin', password: 'mirliton' };
  const given = process.env['MIRLITON_TEST_COUCH'];
  if (given) return { url: given, ...credentials, real: true, stop: async () => undefined };
  const dataDir = await mkdtemp(join(tmpdir(), 'mirliton-couch-'));
  const couch = await startCouch({ host: '127.0.0.1', port: 0, dataDir, ...credentials });
  const stop = async (): Promise<void> => {
    await couch.stop();
    await rm(dataDir, { recursive: true });
  };
  return { url: couch.url, ...credentials, real: false, stop };
}
