// RFC 4733: one digit a key press, whatever happens to the packets.
import { expect } from 'chai';
import { DtmfReceiver, DtmfSender } from './dtmf.ts';

const event = (code: number, duration: number, end = false) =>
  Uint8Array.of(code, (end ? 0x80 : 0) | 10, duration >> 8, duration & 0xff);

describe('DTMF events', () => {
  let heard: string[];
  let receiver: DtmfReceiver;
  beforeEach(() => {
    heard = [];
    receiver = new DtmfReceiver((digit, durationMs) => heard.push(`${digit}:${durationMs}`));
  });

  it('takes three end packets and late ones as one key', () => {
    for (const duration of [160, 320, 480]) receiver.push(1000, event(5, duration));
    for (let i = 0; i < 3; i++) receiver.push(1000, event(5, 640, true));
    receiver.push(1000, event(5, 320));
    receiver.push(4000, event(5, 160, true));
    receiver.push(1000, event(5, 640, true));
    expect(heard).to.deep.equal(['5:80', '5:20']);
  });

  it('releases a key whose end was lost: at the next key, or when nothing more comes', () => {
    receiver.push(1000, event(10, 800));
    receiver.push(3000, event(11, 400));
    expect(heard).to.deep.equal(['*:100']);
    for (let i = 0; i < 20; i++) receiver.tick();
    expect(heard).to.deep.equal(['*:100', '#:50']);
  });

  it('joins the segments of a very long press', () => {
    receiver.push(0, event(1, 0xffff));
    receiver.push(0xffff, event(1, 160));
    receiver.push(0xffff, event(1, 160, true));
    expect(heard).to.deep.equal([`1:${Math.round((0xffff + 160) / 8)}`]);
  });

  it('drops what is no DTMF', () => {
    for (const bad of [
      Uint8Array.of(),
      Uint8Array.of(1, 0x8a, 0),
      event(16, 160, true),
      event(255, 160, true),
    ])
      expect(receiver.push(1, bad)).to.equal(false);
    expect(heard).to.deep.equal([]);
  });

  it('sends growing durations, three ends, and a gap before the next digit', async () => {
    const sender = new DtmfSender();
    const sent = sender.send('1w2', 60);
    const packets: number[][] = [];
    const busy: boolean[] = [];
    for (let tick = 0; tick < 40; tick++) {
      busy.push(sender.busy);
      sender.tick((payload, fresh) => packets.push([...payload, fresh ? 1 : 0]));
    }
    await sent;
    const key = (code: number) => [
      [code, 10, 0, 160, 1],
      [code, 10, 1, 64, 0],
      ...Array.from({ length: 3 }, () => [code, 0x8a, 1, 0xe0, 0]),
    ];
    expect(packets).to.deep.equal([...key(1), ...key(2)]);
    // Three ticks of a key, three of a gap and 25 of waiting (both with audio), three of a key.
    expect([busy.indexOf(false), busy.lastIndexOf(true)]).to.deep.equal([3, 3 + 3 + 25 + 2]);
  });

  it('marks one packet as fresh for a key of one packet', () => {
    const sender = new DtmfSender();
    void sender.send('1', 20);
    const fresh: boolean[] = [];
    sender.tick((_payload, first) => fresh.push(first));
    expect(fresh).to.deep.equal([true, false, false]);
  });
});
