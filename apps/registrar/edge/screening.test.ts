// The edge over real sockets: what it does not let near: scanners, floods, giants, and what is no SIP at all.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { closePhones, finalOf, Phone } from './testing/phone.ts';
import { realm, startZone, until, type Zone } from './testing/zone.ts';

describe('edge: screening', () => {
  let zone: Zone;
  afterEach(async () => {
    await closePhones();
    await zone.stop();
  });

  it('says nothing to a scanner, and 603 to its calls', async () => {
    zone = await startZone();
    const scanner = await Phone.open(zone, '1001');
    const fields = { 'User-Agent': 'Friendly-Scanner/1.8' };
    let answered = false;
    void scanner.sendRegister(fields).then(() => {
      answered = true;
    });
    await until(() => zone.bus.metrics.value('edge_requests_total', { outcome: 'dropped_scanner' }) === 1);
    expect((await scanner.call(`sip:1002@${realm}`, fields).final()).status).to.equal(603);
    expect(answered).to.equal(false);
  });

  it('stops listening to an address that keeps failing, and lets registered phones pass', async () => {
    zone = await startZone({ unauthenticated: { per_second: 0.001, burst: 5, exempt: [] } });
    const good = await Phone.open(zone, '1002');
    await good.register();
    const bad = await Phone.open(zone, '1001', { password: 'wrong' });
    for (let index = 0; index < 2; index++) await bad.register();
    void bad.register();
    await until(() => zone.bus.metrics.value('edge_requests_total', { outcome: 'dropped_flood' }) > 0);
  });

  it('refuses what is too large', async () => {
    zone = await startZone({ request_size: 4000 });
    const phone = await Phone.open(zone, '1001');
    const response = await finalOf(
      phone.send('MESSAGE', `sip:1002@${realm}`, { 'X-Long': 'a'.repeat(5000) }),
    );
    expect(response.status).to.equal(513);
  });

  it('outlives a hundred malformed messages', async () => {
    zone = await startZone();
    const { host, port } = zone.sip('udp');
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.on('message', () => undefined);
    for (let index = 0; index < 100; index++)
      socket.send(malformed(index, socket.address().port), port, host);
    const phone = await Phone.open(zone, '1001');
    expect((await phone.register()).status).to.equal(200);
    socket.close();
    expect(zone.bus.log.at('error')).to.deep.equal([]);
  });
});

/** A REGISTER with one thing wrong; the kinds repeat with other values. */
function malformed(index: number, port: number): string {
  const lines: Record<string, string> = {
    start: `REGISTER sip:${realm} SIP/2.0`,
    Via: `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${index};rport`,
    From: `From: <sip:1001@${realm}>;tag=${index}`,
    To: `To: <sip:1001@${realm}>`,
    'Call-ID': `Call-ID: malformed-${index}`,
    CSeq: `CSeq: ${index} REGISTER`,
    Contact: `Contact: <sip:1001@127.0.0.1:${port}>`,
    Authorization: '',
    Expires: 'Expires: 60',
  };
  const names = Object.keys(lines);
  const nasty = [
    '',
    '<>',
    '<sip:',
    `"${'\\"'.repeat(50)}`,
    '%%%',
    '\u0000\u0007',
    ';;;;',
    `${'['.repeat(200)}`,
    '*',
    '😀',
  ];
  const name = names[index % names.length] ?? 'start';
  const value = nasty[Math.floor(index / names.length) % nasty.length] ?? '';
  lines[name] = name === 'start' ? value : `${name}: ${name === 'Authorization' ? `Digest ${value}` : value}`;
  return `${Object.values(lines).filter(Boolean).join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
}
