// Faxes on a switch with mod_spandsp: one is sent by an originate and received by commands; others refuse.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { originateReq } from '../../../core/messages/resource.ts';
import { Live, type Message } from '../testing/live.ts';

describe('faxes with a switch', () => {
  let live: Live;
  let server: Server;
  let base: string;
  const stored: Buffer[] = [];

  before(async () => {
    live = await Live.open();
    server = createServer(async (request, response) => {
      if (request.method === 'GET') {
        response.writeHead(200, { 'Content-Type': 'image/tiff' }).end(whitePage());
        return;
      }
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      stored.push(Buffer.concat(parts));
      response.writeHead(201).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => live.clear());
  after(async () => {
    server.close();
    await live.close();
  });

  it('one is sent, received and stored, and told of at both ends', async () => {
    const fax = {
      'Application-Name': 'fax' as const,
      'Application-Data': `${base}/page.tiff`,
      'Account-ID': 'acc1',
      'Fax-Identity-Number': '4930123',
      Endpoints: [{ 'Invite-Format': 'loopback' as const, Route: '2001', 'Account-ID': 'acc1' }],
    };
    if (!live.target.real) {
      const answer = await live.bus.request(originateReq, fax);
      expect(answer)
        .to.have.property('Error-Message')
        .that.matches(/no mod_spandsp/);
      return;
    }
    await live.bus.publish(originateReq, fax);
    const callee = String((await live.seen('route_win'))['Call-ID']);
    await live.run(callee, 'answer');
    const receiving = await live.send(callee, 'receive_fax', { 'Enable-T38-Fax': false });
    const status = (): Message[] =>
      live.bus.named('CHANNEL_FAX_STATUS').filter((it) => it['Application-Event'] === 'result');
    const both = (): Message[] | undefined => (status().length === 2 ? status() : undefined);
    const ends = await live.until('both ends of the fax', both, 90_000);
    expect(ends.map((it) => it['Application-Name'])).to.have.members(['send_fax', 'receive_fax']);
    for (const { 'Application-Data': data } of ends)
      expect(data).to.include({ 'Fax-Success': true, 'Fax-Transferred-Pages': '1', 'Fax-Result-Code': '0' });
    const done = await live.completed(receiving);
    expect(done).to.include({ 'Application-Name': 'receive_fax' });
    expect(done['Fax-Info']).to.include({ 'Fax-Success': true, 'Fax-Remote-Station-ID': '4930123' });
    await live.send(callee, 'store_fax', {
      'Media-Transfer-Method': 'put',
      'Media-Transfer-Destination': `${base}/stored.tiff`,
    });
    const [file] = await live.until('the fax', () => (stored.length > 0 ? stored : undefined));
    expect(file?.subarray(0, 2).toString()).to.match(/II|MM/);
    await live.send(callee, 'hangup', { 'Insert-At': 'now' });
    expect((await live.event('CHANNEL_DESTROY', callee))['Fax-Info']).to.include({ 'Fax-Success': true });
  }).timeout(120_000);

  it('hears a fax machine that calls', async () => {
    const call = await live.answered(await live.target.phone('alice'));
    const listen = { Action: 'start', Duration: 10, 'Insert-At': 'now' };
    if (!live.target.real) {
      const refused = await live.run(call.id, 'fax_detection', listen).catch((error: Error) => error.message);
      expect(refused).to.match(/no mod_spandsp/);
      return;
    }
    await live.run(call.id, 'fax_detection', listen);
    await call.sing(1100, 3000);
    expect(await live.event('FAX_DETECTED', call.id)).to.include({ 'Application-Name': 'fax_detection' });
    await live.run(call.id, 'fax_detection', { Action: 'stop', 'Insert-At': 'now' });
    await live.end(call.id);
  }).timeout(30_000);
});

/** A white page, 1728 by 1100 dots: one bit for each row (T.6), which says that it is as the one above. */
function whitePage(): Buffer {
  const rows = 1100;
  const bits = `${'1'.repeat(rows)}${'000000000001'.repeat(2)}`;
  const strip = Buffer.from(
    (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)),
  );
  const [short, long, rational] = [3, 4, 5];
  const at = 8 + 2 + 13 * 12 + 4;
  const tags = [
    [254, long, 0],
    [256, long, 1728],
    [257, long, rows],
    [258, short, 1],
    [259, short, 4],
    [262, short, 0],
    [273, long, at + 16],
    [277, short, 1],
    [278, long, rows],
    [279, long, strip.length],
    [282, rational, at],
    [283, rational, at + 8],
    [296, short, 2],
  ] as const;
  const head = Buffer.alloc(at + 16);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(tags.length, 8);
  for (const [index, [tag, type, value]] of tags.entries()) {
    const place = 10 + index * 12;
    head.writeUInt16LE(tag, place);
    head.writeUInt16LE(type, place + 2);
    head.writeUInt32LE(1, place + 4);
    head.writeUInt32LE(value, place + 8);
  }
  for (const [index, dpi] of [204, 98].entries()) {
    head.writeUInt32LE(dpi, at + index * 8);
    head.writeUInt32LE(1, at + index * 8 + 4);
  }
  return Buffer.concat([head, strip]);
}
