// Leases on a switch: who beats may act, who does not is given up, and of one who comes back both sides know.
import { expect } from 'chai';
import { silentLog } from '../../../core/testing/index.ts';
import { SwitchClient } from '../freeswitch/index.ts';
import { type FakeEventSocket, fakeEventSocket } from '../testing/event-socket.ts';
import { Claims, type Owner } from './claims.ts';
import { realms, safe } from './hash.ts';
import { beatEvery, deadAfter, Lease } from './lease.ts';
import { Peers } from './peers.ts';

describe('a lease on a switch', () => {
  let fake: FakeEventSocket;
  const clients: SwitchClient[] = [];
  let now: number;
  const clock = performance.now.bind(performance);

  beforeEach(async () => {
    fake = await fakeEventSocket();
    now = 1_000;
    performance.now = () => now;
  });
  afterEach(async () => {
    performance.now = clock;
    await Promise.all(clients.splice(0).map((client) => client.stop()));
    await fake.close();
  });

  async function client(): Promise<SwitchClient> {
    const log = silentLog();
    let up: () => void = () => undefined;
    const connected = new Promise<void>((resolve) => {
      up = resolve;
    });
    const opened = new SwitchClient({
      host: '127.0.0.1',
      port: fake.port,
      password: 'secret',
      log,
      onEvent: () => undefined,
      onUp: async () => up(),
      onDown: () => undefined,
      count: () => undefined,
    });
    clients.push(opened);
    opened.start();
    await connected;
    return opened;
  }

  async function lease(node: string, onGivenUp: (before: Owner) => void = () => undefined) {
    const log = silentLog();
    const socket = await client();
    const regained: number[] = [];
    const made = new Lease({
      client: socket,
      node,
      log,
      onGivenUp: async (before) => onGivenUp(before),
      onRegained: () => void regained.push(now),
    });
    return { lease: made, claims: new Claims(socket, () => made.owner, log), regained };
  }

  const looks = async (peers: Peers, node: string, milliseconds: number): Promise<string[]> => {
    const seen: string[] = [];
    for (let passed = 0; passed <= milliseconds; passed += beatEvery) {
      seen.push(await peers.look(node, true));
      now += beatEvery;
    }
    return seen;
  };

  it('holds from the first beat until two seconds without one', async () => {
    const { lease: it, regained } = await lease('a');
    expect(it.holds).to.equal(false);
    await it.beat();
    expect(it.holds).to.equal(true);
    now += 1_900;
    expect(it.holds).to.equal(true);
    now += 200;
    expect(it.holds, 'fenced before anybody gives it up').to.equal(false);
    let acts = false;
    const waiting = it.regained().then(() => {
      acts = true;
    });
    expect(acts).to.equal(false);
    await it.beat();
    await waiting;
    expect(regained).to.have.length(2);
  });

  it('is regained by a beat that was under way when it lapsed', async () => {
    const { lease: it, regained } = await lease('a');
    await it.beat();
    now += 1_900;
    const api = fake.onApi;
    let waiting: Promise<void> | undefined;
    fake.onApi = (command) => {
      now += 200;
      waiting ??= it.regained();
      return api(command);
    };
    await it.beat();
    expect(regained, 'what was held is handled').to.have.length(2);
    await waiting;
    expect(it.holds).to.equal(true);
  });

  it('lets a peer that beats live, and gives up one that does not, after three seconds of our own looking', async () => {
    const { lease: other } = await lease('b');
    const peers = new Peers(await client());
    await other.beat();
    expect(await peers.look('b', true)).to.equal('silent');
    await other.beat();
    expect(await peers.look('b', true)).to.equal('alive');
    expect(peers.anybody).to.equal(true);
    const seen = await looks(peers, 'b', deadAfter);
    expect(seen.slice(0, -1).every((life) => life === 'silent')).to.equal(true);
    expect(seen.at(-1)).to.equal('dead');
    expect(peers.anybody).to.equal(false);
  });

  it('does not take its own sleep for the death of others', async () => {
    const { lease: other } = await lease('b');
    const peers = new Peers(await client());
    await other.beat();
    await peers.look('b', true);
    now += 60_000;
    expect(await peers.look('b', true)).to.equal('silent');
  });

  it('does not declare dead whose beat comes in the last moment', async () => {
    const { lease: other } = await lease('b');
    const peers = new Peers(await client());
    await other.beat();
    let asked = 0;
    fake.onApi = (command) => {
      if (!command.startsWith(`hash insert/${realms.dead}/`)) return undefined;
      asked += 1;
      fake.set(realms.beats, safe('b'), `${other.owner.life}.99`);
      return undefined;
    };
    expect(await looks(peers, 'b', deadAfter)).not.to.include('dead');
    expect(asked).to.equal(1);
  });

  it('who was given up begins a new life, in which its old claims are worth nothing', async () => {
    let lost: Owner | undefined;
    const { lease: owner, claims } = await lease('a', (before) => {
      lost = before;
    });
    const { lease: other, claims: theirs } = await lease('b');
    await owner.beat();
    await other.beat();
    expect(await claims.take('call')).to.equal(true);
    const first = owner.owner;
    const peers = new Peers(await client());
    expect((await looks(peers, 'a', deadAfter + beatEvery)).at(-1)).to.equal('dead');
    expect(peers.lastLife('a')).to.equal(first.life);
    await other.beat();
    expect(await theirs.seize('call', await theirs.findOwner('call'))).to.equal(true);
    await owner.beat();
    expect(lost).to.deep.equal(first);
    expect(owner.owner.life > first.life).to.equal(true);
    expect(owner.holds).to.equal(true);
    expect(await claims.seize('call', first), 'it is the other one').to.equal(false);
    expect(await peers.look('a', true)).to.equal('reborn');
    expect(peers.lifeBefore('a')).to.equal(first.life);
  });

  it('lets go at once of what is released, and knows who has vanished', async () => {
    const { lease: other } = await lease('b');
    const peers = new Peers(await client());
    await other.beat();
    await peers.look('b', true);
    await other.release();
    expect(other.holds).to.equal(false);
    expect(await peers.look('b', true)).to.equal('free');
    expect(await peers.look('b', true)).to.equal('free');
  });

  it('is not needed on a switch that has no hash', async () => {
    fake.onApi = (command) => (command.startsWith('hash ') ? '-ERR command not found\n' : undefined);
    const { lease: it, claims } = await lease('a');
    await it.beat();
    now += 60_000;
    expect(it.holds).to.equal(true);
    expect(await claims.take('call')).to.equal(true);
  });
});
