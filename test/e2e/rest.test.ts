// The REST API as its users work with it: from nothing to a call, and nobody sees what is another's.
import { expect } from 'chai';
import { accountOf, newAccount, node, type TestAccount } from './account.ts';
import { eventually } from './eventually.ts';
import { call, fixtures } from './fixtures.ts';
import { logIn, request } from './rest.ts';
import { sharedZone } from './shared.ts';
import type { Zone } from './zone.ts';

describe('REST', function () {
  this.timeout(120_000);
  const use = fixtures();
  let zone: Zone;
  before(async () => {
    zone = await sharedZone();
  });

  it('leads from a new account to a call', async () => {
    const name = `Shop ${Date.now()}`;
    const { id, realm } = await zone.rest.put('', { name });
    const admin = { first_name: 'Ann', last_name: 'Admin', priv_level: 'admin' };
    const login = { username: 'ann', password: 'Wonder-land-1' };
    await zone.rest.on(id).put('users', { ...admin, ...login });

    const rest = await logIn(zone.facts.api, { ...login, account_name: name });
    expect(rest.accountId).to.equal(id);
    const account = accountOf(rest, realm, zone.facts.phones[0]?.proxy ?? '');
    const people = [];
    for (const [index, first_name] of ['Eve', 'Joe'].entries()) {
      const owner_id = await account.user({ first_name, last_name: 'Shop' });
      const line = await account.device({ owner_id });
      await account.callflow(`10${index}`, node('user', { id: owner_id, timeout: 20 }));
      people.push(await use.phone(line, { tone: 440 + 180 * index }));
    }
    const [eve, joe] = people as [(typeof people)[0], (typeof people)[0]];
    eve.dial('101');
    await Promise.all([eve.hears(620), joe.hears(440)]);
    const channels = await rest.get('channels');
    expect(channels).to.have.length(2);
    joe.hangup();
    await eve.event('CALL_CLOSED');
    await eventually(async () => expect(await rest.get('channels')).to.deep.equal([]));
    await eventually(async () => expect(await rest.get('cdrs')).to.have.length(2));
  });

  it('changes take effect on the next call', async () => {
    const account = await newAccount(zone);
    const [first, second] = [await account.device(), await account.device()];
    const id = await account.callflow('110', node('device', { id: first.id }));
    const caller = await account.device();
    const one = await use.callee(first, 'answer', { ms: 100 });
    await call(caller, '110');
    await one.done;
    const two = await use.callee(second, 'answer', { ms: 100 });
    const flow = node('device', { id: second.id });
    await account.rest.post(`callflows/${id}`, { name: '110', numbers: ['110'], flow });
    await call(caller, '110');
    await two.done;
    expect((await account.rest.send('DELETE', `callflows/${id}`)).status).to.equal(200);
    await call(caller, '110', 'call-fails', { status: 604 });
    const device = await account.rest.get(`devices/${caller.id}`);
    await account.rest.post(`devices/${caller.id}`, { ...device, enabled: false });
    await eventually(() => call(caller, '110', 'call-fails', { status: 403 }));
  });

  describe('keeps two accounts apart', () => {
    let a: TestAccount;
    let b: TestAccount;
    const numbers = { tone: [440, 620] } as const;
    before(async () => {
      [a, b] = [await newAccount(zone), await newAccount(zone)];
    });

    it('with the same user names and extensions', async () => {
      const sip = { username: 'same', password: 'only-one-1' };
      const lines = [await a.extension('120', { sip }), await b.extension('120', { sip })] as const;
      const callees = [
        await use.phone(lines[0], { tone: numbers.tone[0] }),
        await use.phone(lines[1], { tone: numbers.tone[1] }),
      ] as const;
      const caller = await use.phone(await b.device(), { tone: 1000 });
      caller.dial('120');
      await Promise.all([caller.hears(numbers.tone[1]), callees[1].hears(1000)]);
      expect(callees[0].events.map(({ type }) => type)).not.to.include('CALL_INCOMING');
      for (const account of [a, b]) {
        const rows: { username: string }[] = await account.rest.get('registrations');
        expect(rows.filter(({ username }) => username === 'same')).to.have.length(1);
      }
    });

    it('a phone of one does not reach an extension that only the other has', async () => {
      await b.extension('121');
      const caller = await a.device();
      await call(caller, '121', 'call-fails', { status: 604 });
      const failed = await call({ ...caller, realm: b.realm }, '121', 'call-fails', { status: 403 });
      expect(failed).not.to.include('SIP/2.0 180');
    });

    it('a token of one neither reads nor changes the other', async () => {
      const login = { username: 'boss', password: 'Very-secret-1' };
      await a.user({ ...login, priv_level: 'admin' });
      const account_name = (await a.rest.get('')).name;
      const own = await logIn(zone.facts.api, { ...login, account_name });
      const line = await b.device();
      const foreign = own.on(b.id);
      for (const path of [
        '',
        'devices',
        `devices/${line.id}`,
        'users',
        'callflows',
        'cdrs',
        'registrations',
        'channels',
      ])
        expect((await foreign.send('GET', path)).status, path).to.equal(404);
      expect((await foreign.send('PUT', 'devices', { name: 'mine now' })).status).to.equal(404);
      expect((await foreign.send('DELETE', `devices/${line.id}`)).status).to.equal(404);
      expect((await foreign.send('POST', '', { name: 'mine now' })).status).to.equal(404);
      // Under its own account the other's document does not exist.
      expect((await own.send('GET', `devices/${line.id}`)).status).to.equal(404);
      expect((await own.on(zone.facts.account.id).send('GET', 'devices')).status).to.equal(404);
      expect((await own.send('GET', 'devices')).status).to.equal(200);
      expect((await zone.rest.on(b.id).send('GET', `devices/${line.id}`)).status).to.equal(200);
    });

    it('without a token nothing is told', async () => {
      for (const path of ['', '/devices', '/cdrs'])
        expect((await request(zone.facts.api, 'GET', `accounts/${a.id}${path}`)).status).to.equal(401);
    });
  });
});
