// Commands cut out of a byte stream, however it is chopped.

import { expect } from 'chai';
import fc from 'fast-check';
import { createFrameReader, FrameError } from './frame.ts';

describe('frame reader', () => {
  const readAll = (...chunks: (string | Buffer)[]) => {
    const read = createFrameReader();
    return chunks.flatMap((chunk) => read(Buffer.from(chunk)));
  };

  it('reads a command, its headers without case, and the last of a repeated one', () => {
    const [frame] = readAll('sendmsg abc\nCall-Command: execute\nX: 1\nx: 2\n\n');
    expect(frame?.command).to.equal('sendmsg abc');
    expect(frame?.headers.get('call-command')).to.equal('execute');
    expect(frame?.headers.get('x')).to.equal('2');
    expect(frame?.body).to.equal(undefined);
  });

  it('measures the body in bytes', () => {
    const frames = readAll('sendmsg\nContent-Length: 3\n\nü!exit\n\n');
    expect(frames.map((frame) => [frame.command, frame.body])).to.deep.equal([
      ['sendmsg', 'ü!'],
      ['exit', undefined],
    ]);
  });

  it('skips blank lines and takes carriage returns', () => {
    expect(readAll('\r\n\n\r\nexit\r\n\r\n').map((frame) => frame.command)).to.deep.equal(['exit']);
  });

  it('gives the same frames however the bytes arrive', () => {
    const text = 'auth x\n\nsendmsg u\na: b\nContent-Length: 6\n\nkörper'.slice(0, -1);
    const whole = readAll(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: Buffer.byteLength(text) })), (cuts) => {
        const bytes = Buffer.from(text);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index] ?? 0, end));
        expect(readAll(...chunks)).to.deep.equal(whole);
      }),
    );
  });

  it('gives up on lengths that cannot be, and on a command without end', () => {
    expect(() => readAll('x\nContent-Length: -1\n\n')).to.throw(FrameError);
    expect(() => readAll('x\nContent-Length: 99999999999\n\n')).to.throw(FrameError);
    expect(() => readAll('x'.repeat(2 << 20))).to.throw(FrameError);
  });

  it('throws nothing else, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          readAll(Buffer.from(bytes));
        } catch (error) {
          expect(error).to.be.instanceOf(FrameError);
        }
      }),
    );
  });
});
