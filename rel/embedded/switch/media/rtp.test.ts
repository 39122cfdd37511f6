// RTP on real sockets: numbers, marker, latching, statistics, timeouts, relay, digits, malformed packets.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect } from 'chai';
import type { LegOptions, MediaLeg } from './contract.ts';
import type { MediaError } from './errors.ts';
import { G711, transcodingFrom } from './g711.ts';
import { openLeg } from './leg.ts';
import { openPhone, type Phone } from './phone.fixture.ts';

const isAudio = ({ type }: { type: number }) => type !== 101;
const frameOf = (code: number) => new Uint8Array(160).fill(code);

describe('RTP', () => {
  const opened: (() => unknown)[] = [];
  const newLeg = async (options?: LegOptions): Promise<MediaLeg> => {
    const leg = await openLeg(options);
    opened.push(() => leg.close());
    return leg;
  };
  const newPhone = async (): Promise<Phone> => {
    const phone = await openPhone();
    opened.push(() => phone.socket.close());
    return phone;
  };
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  it('sends comfort silence in even steps, the marker first', async () => {
    const [leg, phone] = [await newLeg(), await newPhone()];
    phone.offerTo(leg);
    const packets = await phone.hears(5);
    expect(packets.map((p) => p.marker)).to.deep.equal([true, false, false, false, false]);
    for (const [i, packet] of packets.entries()) {
      expect((packet.sequence - packets[0]!.sequence) & 0xffff).to.equal(i);
      expect((packet.timestamp - packets[0]!.timestamp) >>> 0).to.equal(i * 160);
      expect([...packet.payload]).to.deep.equal([...frameOf(G711.PCMU.silence)]);
    }
  });

  it('sends nothing when told so, when held, and before SDP; and marks the next talkspurt', async () => {
    const [leg, phone] = [await newLeg({ idle: 'nothing' }), await newPhone()];
    await leg.play('silence_stream://40');
    phone.offerTo(leg, { direction: 'sendonly' });
    await leg.play('silence_stream://40');
    expect(phone.heard).to.have.length(0);
    phone.offerTo(leg);
    await leg.play('silence_stream://60');
    await leg.play('silence_stream://60');
    const packets = await phone.hears(6);
    expect(packets).to.have.length(6);
    expect(packets[0]!.marker).to.equal(true);
  });

  it('answers to where packets come from, and to nobody else', async () => {
    const [leg, phone, stranger] = [await newLeg(), await newPhone(), await newPhone()];
    phone.offerTo(leg, { port: 9 });
    phone.send(frameOf(1));
    await phone.hears(2);
    stranger.offerTo(await newLeg());
    stranger.socket.send(
      Buffer.concat([Buffer.from([0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9]), frameOf(1)]),
      leg.localPort,
      '127.0.0.1',
    );
    await phone.hears(5);
    expect(leg.stats()).to.deep.include({
      dropped: 1,
      packetsIn: 1,
      remote: { address: '127.0.0.1', port: phone.port },
    });
  });

  it('counts what is lost, over the wrap of the numbers', async () => {
    const [leg, phone] = [await newLeg(), await newPhone()];
    phone.offerTo(leg);
    for (const at of [0, 1, 3, 2, 6, 9])
      phone.send(frameOf(1), { sequence: 65_534 + at, timestamp: at * 160 });
    while (leg.stats().packetsIn < 6) await phone.hears(phone.heard.length + 1);
    expect(leg.stats()).to.include({ lost: 4, dropped: 0 });
  });

  it('says once that nothing comes any more', async () => {
    const [leg, phone] = [await newLeg({ mediaTimeoutMs: 100 }), await newPhone()];
    phone.offerTo(leg);
    phone.send(frameOf(1));
    await once(leg, 'media');
    const [silentMs] = await once(leg, 'timeout');
    expect(silentMs).to.be.at.least(100);
    let again = 0;
    leg.on('timeout', () => again++);
    await leg.play('silence_stream://200');
    expect(again).to.equal(0);
  });

  it('drops what is no RTP and lives on', async () => {
    const [leg, phone] = [await newLeg(), await newPhone()];
    phone.offerTo(leg);
    const bad = Array.from({ length: 100 }, (_, i) => randomBytes(i % 60));
    for (const packet of bad) packet[0] = (packet[0] ?? 0) & 0x3f;
    const tricky = [
      '80',
      '8000',
      '8f00000100000001000000020303',
      '90000001000000010000000200',
      '9000000100000001000000020000ffff',
      'a0000001000000010000000200',
      'a00000010000000100000002ff',
      '80c8000100000001',
    ];
    for (const packet of [...bad, ...tricky.map((hex) => Buffer.from(hex, 'hex'))]) phone.sendRaw(packet);
    phone.send(frameOf(1));
    while (leg.stats().packetsIn === 0) await phone.hears(phone.heard.length + 1);
    expect(leg.stats().packetsIn).to.equal(1);
    for (let i = 0; i < 100; i++)
      phone.sendRaw(Buffer.concat([Buffer.from([0x80 | (i & 0x3f), i % 2 ? 0 : 101]), randomBytes(40)]));
    await leg.play('silence_stream://100');
    await phone.hears(phone.heard.length + 1);
  });

  it('relays packets as they come: order, gaps, times and digits', async () => {
    const [a, b, one, two] = [
      await newLeg(),
      await newLeg({ idle: 'nothing' }),
      await newPhone(),
      await newPhone(),
    ];
    one.offerTo(a);
    two.offerTo(b, { formats: '0 101' });
    a.bridgeTo(b);
    for (const at of [0, 2, 1, 4])
      one.send(frameOf(at + 1), { sequence: 100 + at, timestamp: 800 + at * 160 });
    const digits: string[] = [];
    b.on('dtmf', ({ digit }) => digits.push(digit));
    a.on('dtmf', ({ digit }) => digits.push(digit));
    one.send(Uint8Array.of(7, 0x8a, 0, 160), { type: 101, sequence: 105, timestamp: 1600 });
    const packets = await two.hears(5);
    const [first] = packets;
    expect(packets.map((p) => (p.sequence - first!.sequence) & 0xffff)).to.deep.equal([0, 2, 1, 4, 5]);
    expect(packets.map((p) => (p.timestamp - first!.timestamp) | 0)).to.deep.equal([0, 320, 160, 640, 800]);
    expect(packets.map((p) => p.payload[0])).to.deep.equal([1, 3, 2, 5, 7]);
    expect(packets.map((p) => p.type)).to.deep.equal([0, 0, 0, 0, 101]);
    expect(packets.map((p) => p.marker)).to.deep.equal([true, false, false, false, false]);
    expect(digits).to.deep.equal(['7']);
  });

  it('relays between the two laws', async () => {
    const [a, b, one, two] = [
      await newLeg(),
      await newLeg({ idle: 'nothing' }),
      await newPhone(),
      await newPhone(),
    ];
    one.offerTo(a);
    two.offerTo(b, { formats: '8' });
    a.bridgeTo(b);
    one.send(frameOf(20));
    const [packet] = await two.hears(1);
    expect([packet!.type, packet!.payload[0]]).to.deep.equal([8, transcodingFrom('PCMU')[20]]);
  });

  it('keeps one stream without a step back through play, relay and digits', async () => {
    const [a, b, one, two] = [await newLeg(), await newLeg(), await newPhone(), await newPhone()];
    one.offerTo(a);
    two.offerTo(b);
    await b.play('silence_stream://60');
    a.bridgeTo(b);
    for (let i = 0; i < 3; i++) one.send(frameOf(1));
    await two.hears(1, (p) => p.payload[0] === 1);
    await b.sendDtmf('1', 60);
    await b.play('silence_stream://60');
    b.unbridge();
    await two.hears(two.heard.length + 3);
    const { heard } = two;
    expect(new Set(heard.map((p) => p.ssrc)).size).to.equal(1);
    for (let i = 1; i < heard.length; i++)
      expect((heard[i]!.sequence - heard[i - 1]!.sequence) & 0xffff, `packet ${i}`).to.equal(1);
    const audio = heard.filter(isAudio);
    for (let i = 1; i < audio.length; i++)
      expect((audio[i]!.timestamp - audio[i - 1]!.timestamp) | 0, `packet ${i}`).to.be.at.least(160);
  });

  it('takes even ports of a range, and says when there is none left', async () => {
    const { localPort } = await newLeg({ portRange: [30_001, 60_001] });
    expect(localPort % 2).to.equal(0);
    const refused = await openLeg({ portRange: [localPort, localPort + 1] }).catch(
      (error: MediaError) => error.code,
    );
    expect(refused).to.equal('no_ports');
    expect(await openLeg({ host: '203.0.113.1' }).catch((error: MediaError) => error.code)).to.equal(
      'bad_argument',
    );
  });
});
