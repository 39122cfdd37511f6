// The outside world: numbers that come in from a carrier, calls that leave by one, and trunks of customers' PBXs.
import { expect } from 'chai';
import { newAccount, node, type TestAccount } from './account.ts';
import { eventually } from './eventually.ts';
import { call, fixtures, timeOf } from './fixtures.ts';
import { freePorts } from './ports.ts';
import { sharedZone } from './shared.ts';
import { sipp } from './sipp.ts';
import type { Zone } from './zone.ts';

/** Where the carriers of these tests live. */
const [firstHost, secondHost, pbxHost, strangerHost] = [
  '127.0.0.5',
  '127.0.0.6',
  '127.0.0.7',
  '127.0.0.8',
] as const;

describe('carriers', function () {
  this.timeout(120_000);
  const use = fixtures();
  let zone: Zone;
  let account: TestAccount;
  let ports: [number, number];
  const carriers: string[] = [];
  before(async () => {
    zone = await sharedZone();
    account = await newAccount(zone);
    ports = (await freePorts(2)) as [number, number];
    // The dearer one is made first: only its weight says that it comes second.
    for (const [server, port, weight_cost] of [
      [secondHost, ports[1], 60],
      [firstHost, ports[0], 20],
    ] as const) {
      const gateways = [{ server, port, invite_format: 'e164' }];
      const data = {
        name: `Carrier ${server}`,
        weight_cost,
        gateways,
        rules: ['^\\+?1(\\d{10})$', '^(\\+\\d+)$'],
      };
      carriers.push((await zone.rest.put('/resources', data)).id);
    }
    await account.callflow('no_match', node('offnet'));
  });
  after(async () => {
    for (const id of carriers) await zone.rest.send('DELETE', `/resources/${id}`);
  });

  const carrier = (index: 0 | 1, scenario: string, values: Record<string, string | number> = {}) =>
    use.waiting(scenario, { host: index === 0 ? firstHost : secondHost, port: ports[index], values });
  const from = (
    host: string,
    number: string,
    scenario: string,
    values: Record<string, string | number> = {},
  ) =>
    sipp(scenario, {
      proxy: zone.facts.phones[0]?.proxy ?? '',
      host,
      values: { user: '+15550001111', realm: 'carrier.test', number, ms: 300, ...values },
    });
  const newNumber = async (owner = account): Promise<string> => {
    const number = `+1415555${String(Math.floor(Math.random() * 9000) + 1000)}`;
    await owner.rest.put(`phone_numbers/${encodeURIComponent(number)}`, { create_with_state: 'in_service' });
    return number;
  };

  it('bring a call to the callflow of the account that has the number', async () => {
    const number = await newNumber();
    const line = await account.device();
    await account.callflow(number, node('device', { id: line.id }));
    const b = await use.callee(line, 'answer', { ms: 100 });
    await eventually(() => from(firstHost, number, 'trunk-call'));
    expect(/^From: .*$/m.exec(await b.done)?.[0]).to.match(/\+?15550001111/);
    const rows: { id: string; direction: string }[] = await eventually(async () => {
      const found = await account.rest.get('cdrs');
      expect(found).to.have.length(2);
      return found;
    });
    const id = rows.find(({ direction }) => direction === 'inbound')?.id ?? '';
    const record = await account.rest.get(`cdrs/${encodeURIComponent(id)}`);
    expect(record.custom_channel_vars).to.include({
      account_id: account.id,
      authorizing_type: 'resource',
      resource_id: carriers[1],
      inception: `${number}@carrier.test`,
    });
  });

  it('bring a call in the national form', async () => {
    const number = await newNumber();
    const line = await account.device();
    await account.callflow(number, node('device', { id: line.id }));
    const b = await use.callee(line, 'answer', { ms: 100 });
    await eventually(() => from(firstHost, number.slice(1), 'trunk-call'));
    await b.done;
  });

  it('cannot reach a number that nobody has', async () => {
    await eventually(() => from(firstHost, '+14155550000', 'trunk-call-fails', { status: 404 }));
  });

  it('are known by their address: a stranger is challenged', async () => {
    const number = await newNumber();
    await from(strangerHost, number, 'trunk-call-fails', { status: 407 });
  });

  it('take calls to numbers outside, the cheapest first', async () => {
    const first = await carrier(0, 'answer', { ms: 100 });
    const line = await account.device({ caller_id: { external: { name: 'Shop', number: '+14155550100' } } });
    await call(line, '+442071838750');
    const messages = await first.done;
    expect(messages).to.match(/INVITE sip:\+442071838750@127\.0\.0\.5/);
    expect(/^From: .*$/m.exec(messages)?.[0]).to.match(/sip:\+?14155550100@/);
  });

  it('fail over to the next when the first cannot', async () => {
    const [first, second] = [
      await carrier(0, 'refuse', { status: 503 }),
      await carrier(1, 'answer', { ms: 100 }),
    ];
    await call(await account.device(), '+442071838750');
    const [refused, taken] = await Promise.all([first.done, second.done]);
    expect(timeOf(taken, 'INVITE sip')).to.be.at.least(timeOf(refused, 'SIP/2.0 503') - 20);
  });

  it('are not tried further when the callee is busy', async () => {
    const first = await carrier(0, 'refuse', { status: 486 });
    const second = await carrier(1, 'answer', { ms: 100 });
    await call(await account.device(), '+442071838750', 'call-fails', { status: 486 });
    await first.done;
    const outcome = await Promise.race([second.done.then(() => 'called'), Promise.resolve('not called')]);
    expect(outcome).to.equal('not called');
  });

  it('that all refuse leave the caller with a refusal', async () => {
    const both = [await carrier(0, 'refuse', { status: 503 }), await carrier(1, 'refuse', { status: 503 })];
    await call(await account.device(), '+442071838750', 'call-fails', { status: 503 });
    await Promise.all(both.map(({ done }) => done));
  });

  describe('and the trunk of a PBX', () => {
    const trunk = (data: object, number?: string) =>
      account.create('connectivity', {
        name: 'PBX',
        account: { trunks: 5 },
        servers: [
          { name: 'pbx', DIDs: number ? { [number]: {} } : {}, options: { inbound_format: 'e164' }, ...data },
        ],
      });

    it('by digest: registers, sends and receives', async () => {
      const auth = { auth_method: 'Password', auth_user: 'pbx1', auth_password: 'trunk-secret' };
      const number = await newNumber();
      await trunk({ auth }, number);
      const { realm } = account;
      const line = {
        id: '',
        username: 'pbx1',
        password: 'trunk-secret',
        realm,
        proxy: zone.facts.phones[0]?.proxy ?? '',
      };
      const pbx = await use.callee(line, 'answer', { ms: 100 });
      await eventually(() => from(firstHost, number, 'trunk-call'));
      expect(await pbx.done).to.include(`INVITE sip:${number}@`);
      const out = await carrier(0, 'answer', { ms: 100 });
      await call(line, '+442071838750');
      expect(await out.done).to.include('INVITE sip:+442071838750@');
    });

    it('by address: sends and receives', async () => {
      const number = await newNumber();
      const [port] = (await freePorts(1)) as [number];
      const auth = { auth_method: 'IP', ip: pbxHost };
      await trunk({ auth, options: { inbound_format: 'e164', ip: pbxHost, port } }, number);
      const pbx = await use.waiting('answer', { host: pbxHost, port, values: { ms: 100 } });
      await eventually(() => from(firstHost, number, 'trunk-call'));
      expect(await pbx.done).to.include(`INVITE sip:${number}@${pbxHost}`);
      const out = await carrier(0, 'answer', { ms: 100 });
      await eventually(() => from(pbxHost, '+442071838750', 'trunk-call', { realm: account.realm }));
      expect(await out.done).to.include('INVITE sip:+442071838750@');
    });
  });

  describe('when removed', () => {
    it('are strangers again', async () => {
      const number = await newNumber();
      for (const id of carriers.splice(0)) await zone.rest.send('DELETE', `/resources/${id}`);
      await eventually(() => from(firstHost, number, 'trunk-call-fails', { status: 407 }));
    });
  });
});
