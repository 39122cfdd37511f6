// The jitter buffer: order, loss, pauses, stalls, new streams.
import { expect } from 'chai';
import { newFrame } from './frame.ts';
import { G711 } from './g711.ts';
import { JitterBuffer } from './jitter.ts';

const codec = G711.PCMU;
/** A packet of 20 ms whose samples all have the level of µ-law code `code`. */
const packet = (code: number, length = 160) => new Uint8Array(length).fill(code);
const level = (code: number) => codec.decode[code]!;
const pops = (buffer: JitterBuffer, count: number) =>
  Array.from({ length: count }, () => {
    const frame = newFrame();
    buffer.pop(codec, frame);
    return frame[80]!;
  });

describe('jitter buffer', () => {
  it('waits 40 ms, then plays in the order of the timestamps, each packet once', () => {
    const buffer = new JitterBuffer();
    for (const at of [0, 2, 1, 1, 3]) buffer.push(1000 + at * 160, packet(at + 1));
    expect(pops(buffer, 6)).to.deep.equal([0, 0, level(1), level(2), level(3), level(4)]);
  });

  it('goes over the wrap of the timestamp', () => {
    const buffer = new JitterBuffer();
    for (let i = 0; i < 4; i++) buffer.push((0xffffff00 + i * 160) >>> 0, packet(i + 1));
    expect(pops(buffer, 6).slice(2)).to.deep.equal([1, 2, 3, 4].map(level));
  });

  it('takes packets of other lengths than a frame', () => {
    const buffer = new JitterBuffer();
    for (let i = 0; i < 4; i++) buffer.push(i * 240, packet(i + 1, 240));
    expect(pops(buffer, 8).slice(2)).to.deep.equal([1, 2, 2, 3, 4, 4].map(level));
  });

  it('fades over a lost packet and goes on behind it', () => {
    const buffer = new JitterBuffer();
    for (const at of [0, 1, 3]) buffer.push(at * 160, packet(1));
    expect(pops(buffer, 6).slice(2)).to.deep.equal([level(1), level(1), level(1) >> 1, level(1)]);
  });

  it('fades to silence when nothing comes, and loses nothing of what then comes in a burst', () => {
    const buffer = new JitterBuffer();
    buffer.push(0, packet(1));
    expect(pops(buffer, 7).slice(2)).to.deep.equal([
      level(1),
      level(1) >> 1,
      level(1) >> 2,
      level(1) >> 3,
      0,
    ]);
    for (let i = 1; i < 5; i++) buffer.push(i * 160, packet(i + 1));
    expect(pops(buffer, 4)).to.deep.equal([2, 3, 4, 5].map(level));
  });

  it('does not wait out a pause of the far end', () => {
    const buffer = new JitterBuffer();
    buffer.push(0, packet(1));
    pops(buffer, 4);
    buffer.push(3000, packet(2));
    buffer.push(3160, packet(3));
    expect(pops(buffer, 4).slice(2)).to.deep.equal([level(2), level(3)]);
  });

  it('drops what comes too late and what is too long, and counts the late', () => {
    const buffer = new JitterBuffer();
    for (let i = 0; i < 4; i++) buffer.push(i * 160, packet(1));
    pops(buffer, 5);
    buffer.push(0, packet(9));
    expect(buffer.late).to.equal(1);
    buffer.push(640, packet(9, 60_000));
    buffer.push(640, packet(9, 0));
    expect(pops(buffer, 1)).to.deep.equal([level(1)]);
  });

  it('catches up when too much is in hand, and follows a jump of the stream', () => {
    const buffer = new JitterBuffer();
    for (let i = 0; i < 20; i++) buffer.push(i * 160, packet(i + 1));
    expect(pops(buffer, 1)).to.deep.equal([level(19)]);
    buffer.push(1_000_000, packet(50));
    expect(pops(buffer, 3)[2]).to.equal(level(50));
  });
});
