// The breaker opens after failures in a row, rests, tries once, and forgets a target that answers.
import { expect } from 'chai';
import { AppError } from '../errors/index.ts';
import { createBreakers } from './breaker.ts';

describe('createBreakers', () => {
  let now = 0;
  const fail = (breakers: ReturnType<typeof createBreakers>, target: string, times: number) => {
    for (let i = 0; i < times; i += 1) {
      breakers.enter(target);
      breakers.failed(target);
    }
  };

  it('opens after five failures in a row, not of four and a success', () => {
    const breakers = createBreakers(() => now);
    fail(breakers, 'a', 4);
    breakers.succeeded('a');
    fail(breakers, 'a', 4);
    expect(() => breakers.enter('a')).not.to.throw();
    breakers.failed('a');
    expect(() => breakers.enter('a')).to.throw(AppError, /5 times in a row/);
    expect(() => breakers.enter('b')).not.to.throw();
    expect(breakers.open()).to.equal(1);
  });

  it('lets one try after the rest: a failure opens it again, a success closes it', () => {
    const breakers = createBreakers(() => now);
    fail(breakers, 'a', 5);
    now += 5_000;
    breakers.enter('a');
    expect(() => breakers.enter('a')).to.throw(AppError);
    breakers.failed('a');
    expect(() => breakers.enter('a')).to.throw(AppError);
    now += 5_000;
    breakers.enter('a');
    breakers.skipped('a');
    breakers.enter('a');
    breakers.succeeded('a');
    fail(breakers, 'a', 4);
    expect(() => breakers.enter('a')).not.to.throw();
  });

  it('remembers at most a thousand targets', () => {
    const breakers = createBreakers(() => now);
    for (let i = 0; i <= 1_000; i += 1) fail(breakers, `t${i}`, 5);
    expect(breakers.open()).to.equal(1_000);
    expect(() => breakers.enter('t0')).not.to.throw();
  });
});
