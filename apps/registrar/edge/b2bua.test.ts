// The edge over real sockets: calls that a proxy cannot carry as they are, and the next media server when one fails.
import { expect } from 'chai';
import type { Address } from '../../../rel/embedded/sip/stack/index.ts';
import { closePhones, finalOf, Phone, type Received } from './testing/phone.ts';
import { realm, startZone, until, type Zone } from './testing/zone.ts';

const addressOf = (phone: Phone): Address =>
  phone.stack.addresses.find(({ protocol }) => protocol === 'udp') as Address;

const uri = `sip:1002@${realm}`;
const forged = ['X-AUTH-Token', 'x-ecallmgr_Account-ID', 'X-KAZOO-AOR', 'X-FS-Core-UUID'];

describe('edge: a back-to-back user agent', () => {
  let zone: Zone;
  let media: Phone;
  afterEach(async () => {
    await closePhones();
    await zone.stop();
  });
  const start = async (options: Record<string, unknown> = {}): Promise<Phone> => {
    zone = await startZone(options);
    media = await Phone.open(zone, 'mod_sofia');
    await zone.announce([addressOf(media)]);
    const phone = await Phone.open(zone, '1001');
    expect((await phone.register()).status).to.equal(200);
    return phone;
  };

  it('takes away what only this cluster may say', async () => {
    const phone = await start();
    for (const name of forged) {
      const call = phone.call(uri, { [name]: 'forged', 'X-Any': 'kept' });
      const { request, transaction } = await media.next('INVITE');
      expect(JSON.stringify([...request.headers])).not.to.include('forged');
      expect(request.headers.get('x-any')).to.equal('kept');
      transaction.respond(486);
      expect((await call.final()).status).to.equal(486);
    }
    const message = phone.send(
      'MESSAGE',
      uri,
      { 'X-AUTH-Token': 'forged', 'Content-Type': 'text/plain' },
      'hello',
    );
    expect((await finalOf(message)).status).to.equal(403);
  });

  it('is not wanted for forged fields: they are refused', async () => {
    const phone = await start({ b2bua: ['nat'] });
    for (const name of forged)
      expect([name, (await phone.call(uri, { [name]: 'forged' }).final()).status]).to.deep.equal([name, 403]);
    expect(media.hasNone('INVITE')).to.equal(true);
  });

  it('keeps credentials from the media server when it is told to', async () => {
    await start({ b2bua: ['credentials'] });
    const phone = await Phone.open(zone, '1001');
    phone.takeChallenge(await phone.call(uri).final(), 'Proxy-Authenticate');
    const call = phone.call(uri, { 'Proxy-Authorization': phone.authorization('INVITE', uri) });
    const arrived = await media.next('INVITE');
    expect(arrived.request.headers.has('proxy-authorization')).to.equal(false);
    expect(arrived.request.headers.has('record-route')).to.equal(false);
    media.answer(arrived);
    const dialog = await call.answered();
    await media.next('ACK');
    const done = phone.within(dialog, 'BYE');
    (await media.next('BYE')).transaction.respond(200);
    expect((await done).status).to.equal(200);
    await until(() => zone.bus.metrics.value('edge_b2bua_calls') === 0);
  });

  it('lets a call live while the edge drains', async () => {
    const phone = await start({ b2bua: ['always'] });
    const call = phone.call(uri);
    media.answer(await media.next('INVITE'));
    const dialog = await call.answered();
    await media.next('ACK');
    await until(() => zone.bus.metrics.value('edge_b2bua_calls') === 1);
    let drained = false;
    const draining = zone.drain().then(() => {
      drained = true;
    });
    expect((await phone.call(uri).final()).status).to.equal(503);
    expect(drained).to.equal(false);
    const done = phone.within(dialog, 'BYE');
    (await media.next('BYE')).transaction.respond(200);
    expect((await done).status).to.equal(200);
    await draining;
  });

  describe('and two media servers', () => {
    let phone: Phone;
    let servers: Phone[];
    const pair = async (options: Record<string, unknown> = {}): Promise<void> => {
      zone = await startZone({ b2bua: ['always'], dispatcher: { fresh: 60, ...options } });
      servers = [await Phone.open(zone, 'mod_sofia'), await Phone.open(zone, 'mod_sofia')];
      await zone.announce(servers.map(addressOf));
      phone = await Phone.open(zone, '1001');
      await phone.register();
    };
    /** Has both answer every call alike; gives the calls that came. */
    const refusing = (status: number, reason: string, headers: Record<string, string> = {}): Received[] => {
      const calls: Received[] = [];
      const serve = async (server: Phone): Promise<void> => {
        const call = await server.next('INVITE');
        calls.push(call);
        call.transaction.respond(status, reason, { headers });
        await serve(server);
      };
      for (const server of servers) void serve(server);
      return calls;
    };

    it('goes to the other one when the first is full, and tells the caller when both are', async () => {
      await pair();
      const calls = refusing(503, 'Maximum Calls In Progress');
      expect((await phone.call(uri).final()).status).to.equal(503);
      expect(new Set(calls.map(({ source }) => source.local.port)).size).to.equal(2);
      for (const { request } of calls) {
        expect(request.uri).to.equal(uri);
        expect(request.headers.get('x-auth-ip')).to.equal('127.0.0.1');
      }
    });

    it('does not make a call twice that a callflow has refused', async () => {
      for (const status of [500, 503, 504]) {
        await pair();
        const calls = refusing(status, 'By A Callflow', { Reason: 'Q.850;cause=41' });
        expect((await phone.call(uri).final()).status).to.equal(status);
        expect(calls).to.have.length(1);
        if (status === 504) return;
        await closePhones();
        await zone.stop();
      }
    });

    it('goes to the other one when the first has died', async () => {
      await pair({ probe_timeout: 0.1 });
      const [a, b] = servers as [Phone, Phone];
      await a.stack.close();
      // Whoever is the first choice for a Call-ID: every one of these calls arrives.
      for (let index = 0; index < 4; index++) {
        const call = phone.call(uri, { 'Call-ID': `call-${zone.sip('udp').port}-${index}` });
        (await b.next('INVITE')).transaction.respond(486);
        expect((await call.final()).status).to.equal(486);
      }
    });
  });
});
