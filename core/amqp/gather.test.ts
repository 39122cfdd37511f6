// Writes of one turn leave together, in order, and nothing is kept for longer.
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { gatherWrites } from './gather.ts';

describe('gatherWrites', () => {
  it('makes one piece of what is written in one turn', async () => {
    const pieces: string[] = [];
    const stream = new Writable({
      decodeStrings: true,
      writev: (chunks, done) => {
        pieces.push(chunks.map(({ chunk }) => String(chunk)).join(''));
        done();
      },
    });
    gatherWrites(stream);
    stream.write('a');
    stream.write('b');
    expect(pieces).to.deep.equal([]);
    await nextTurn();
    expect(pieces).to.deep.equal(['ab']);
    stream.write('c');
    stream.end('d');
    await once(stream, 'finish');
    expect(pieces.join('')).to.equal('abcd');
  });
});
