// What the edge does when something it needs is away: the bus, the answer of registrar, the saved registrations.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fakeMetrics, silentLog } from '../../../core/testing/index.ts';
import { Dispatcher } from './dispatcher.ts';
import { type Binding, Location } from './location.ts';
import { Peers } from './peers.ts';
import { createRequests, type RequestsOptions } from './requests.ts';
import { createLimits } from './screening.ts';
import type { Incoming } from './sip.ts';
import { keepSnapshot } from './snapshot.ts';

const limit = { per_second: 0, burst: 1, exempt: [] };

/** Handles one request and gives the status of its answer, 0 when it gets none. */
async function statusOf(method: string, parts: Partial<RequestsOptions> = {}): Promise<number> {
  let status = 0;
  const fields: Record<string, string> = { to: '<sip:1002@one.org>', from: '<sip:1001@one.org>;tag=x' };
  const request: Incoming = {
    method,
    uri: 'sip:1002@one.org',
    source: { protocol: 'udp', host: '192.0.2.1', port: 5060 },
    size: 400,
    header: (name) => fields[name],
    headerNames: () => Object.keys(fields),
    reply: (given) => {
      status = given;
    },
    proxy: () => Promise.reject(new Error('drachtio is away')),
    connect: () => Promise.reject(new Error('drachtio is away')),
  };
  const dispatcher = new Dispatcher({ zone: 'x', choice: () => 'hash', failures: () => 3 });
  const server = { address: '192.0.2.9:11000' };
  const outside = {
    dispatcher,
    options: () => ({ request_size: 65_536, scanners: [], dispatcher: { probe_timeout: 2 } }),
    location: new Location(),
    trusted: { tokenOf: () => 'token' },
    probing: { choose: async () => server },
  } as unknown as RequestsOptions['outside'];
  const log = silentLog();
  createRequests({
    inside: {
      location: outside.location,
      listeners: () => [],
      options: outside.options,
      answers: async () => false,
    },
    peers: new Peers('edge@test'),
    outside,
    register: async () => 'registered',
    limits: createLimits(
      () => ({ unauthenticated: limit, requests: limit }),
      () => false,
    ),
    isDraining: () => false,
    log,
    metrics: fakeMetrics(),
    ...parts,
  })(request);
  await new Promise((resolve) => setImmediate(resolve));
  return status;
}

describe('edge: when something is away', () => {
  it('takes no calls while it drains', async () => {
    const draining = { isDraining: () => true };
    expect(await statusOf('INVITE', draining)).to.equal(503);
    expect(await statusOf('OPTIONS', draining)).to.equal(503);
  });

  it('answers 500 when a handler fails, and goes on', async () => {
    expect(await statusOf('INVITE')).to.equal(500);
    expect(await statusOf('REGISTER', { register: () => Promise.reject(new Error('broken')) })).to.equal(500);
  });

  it('reads the registrations it saved, and lives without a file that is damaged', () => {
    const folder = mkdtempSync(join(tmpdir(), 'edge-'));
    const file = join(folder, 'sub', 'location.json');
    const log = silentLog();
    const binding = {
      aor: 'a@one.org',
      key: 'k',
      contact: 'sip:a@h',
      realm: 'one.org',
      username: 'a',
      token: 't',
      source: { protocol: 'udp', host: 'h', port: 1 },
      until: Date.now() + 60_000,
    } as unknown as Binding;
    const first = new Location();
    const saved = keepSnapshot(file, first, log);
    first.save(binding);
    first.save({ ...binding, key: 'over', until: Date.now() - 1 });
    saved.touch();
    saved.stop();
    const second = new Location();
    keepSnapshot(file, second, log).stop();
    expect([...second]).to.deep.equal([binding]);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -9));
    const third = new Location();
    keepSnapshot(file, third, log).stop();
    expect([third.size, log.at('warn')]).to.deep.equal([
      0,
      ['the saved registrations are damaged and are left out'],
    ]);
    rmSync(folder, { recursive: true });
  });
});
