// Which records are written: the base level, rules for parts and calls, and their end.
import { expect } from 'chai';
import { Levels } from './levels.ts';

describe('log levels', () => {
  it('follow the base', () => {
    const levels = new Levels();
    expect(levels.wants('info', 'callflow', undefined)).to.equal(true);
    expect(levels.wants('debug', 'callflow', undefined)).to.equal(false);
    levels.setBase('error');
    expect(levels.wants('info', 'callflow', undefined)).to.equal(false);
  });

  it('of a part hold for all below it and for nobody else', () => {
    const levels = new Levels();
    levels.add({ level: 'debug', part: 'ecallmgr' });
    expect(levels.wants('debug', 'ecallmgr', undefined)).to.equal(true);
    expect(levels.wants('debug', 'ecallmgr.freeswitch@a', undefined)).to.equal(true);
    expect(levels.wants('debug', 'ecallmgr2', undefined)).to.equal(false);
    expect(levels.wants('debug', 'callflow', undefined)).to.equal(false);
  });

  it('of one call say more than those of a part, whichever came first', () => {
    const levels = new Levels();
    levels.add({ level: 'debug', callId: 'c1' });
    levels.add({ level: 'error', part: 'callflow' });
    expect(levels.wants('debug', 'callflow', 'c1')).to.equal(true);
    expect(levels.wants('info', 'callflow', 'c2')).to.equal(false);
    expect(levels.wants('info', 'registrar', 'c2')).to.equal(true);
  });

  it('end with their time, and by a newer rule for the same', () => {
    let now = 1_000;
    const levels = new Levels(() => now);
    levels.add({ level: 'debug', until: 2_000 });
    expect(levels.wants('debug', 'callflow', undefined)).to.equal(true);
    levels.add({ level: 'warn', until: 3_000 });
    expect(levels.rules).to.have.length(1);
    expect(levels.wants('info', 'callflow', undefined)).to.equal(false);
    now = 3_000;
    expect(levels.wants('info', 'callflow', undefined)).to.equal(true);
    expect(levels.rules).to.deep.equal([]);
  });

  it('go back to the base at once when they are reset', () => {
    const levels = new Levels();
    levels.add({ level: 'debug' });
    levels.reset();
    expect(levels.wants('debug', 'callflow', undefined)).to.equal(false);
  });
});
