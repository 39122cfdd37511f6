// REGISTER at the edge, over every transport: who is let in, what is kept, and what the bus hears of it.
import { expect } from 'chai';
import { eventually } from '../e2e/eventually.ts';
import { itMay } from './capabilities.ts';
import { sharedZone } from './shared.ts';
import { realm, type Zone } from './zone.ts';

describe('edge: REGISTER', () => {
  let zone: Zone;
  before(async function () {
    this.timeout(60_000);
    zone = await sharedZone();
  });

  const ways = [
    ['UDP', {}, 'udp', undefined],
    ['TCP', { way: 'tcp' }, 'tcp', undefined],
    ['TLS', { way: 'tls' }, 'tls', 'tls'],
    ['WebSocket', { way: 'ws' }, 'ws', 'websocket'],
    ['WebSocket over TLS', { way: 'wss' }, 'wss', 'websocket'],
    ['UDP over IPv6', { host: '::1' }, 'udp', undefined],
    ['TCP over IPv6', { way: 'tcp', host: '::1' }, 'tcp', undefined],
  ] as const;
  for (const [index, [name, options, protocol, capability]] of ways.entries())
    itMay(capability, `takes a phone over ${name} and tells of it`, async () => {
      const user = `10${index}`;
      const phone = await zone.registered(user, options);
      await eventually(() => expect(zone.told(user)).to.have.length(1));
      const { host, port } = phone.channel.seen;
      expect(zone.told(user)[0]).to.include({
        Realm: realm,
        Status: 'Registered',
        Expires: 300,
        Contact: phone.uri,
        'First-Registration': true,
        'Proxy-Protocol': protocol,
        'Source-IP': host,
        'Source-Port': port,
        'Account-ID': 'a'.repeat(32),
      });
      const sha = await zone.phone(user, { ...options, algorithm: 'SHA-256' });
      expect((await sha.register()).status).to.equal(200);
      expect(zone.registrar.asked(user)).to.equal(1);
    });
});
