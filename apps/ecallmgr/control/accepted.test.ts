// Commands that come twice: none is run twice, and all are acknowledged when they are over.
import { expect } from 'chai';
import { hasCode } from '../../../core/errors/index.ts';
import { Accepted } from './accepted.ts';

describe('accepted commands', () => {
  it('begin once, however often they come, and are over for everybody who brought them', async () => {
    const accepted = new Accepted();
    let begun = 0;
    const first = accepted.accept('m1', () => (begun += 1));
    const second = accepted.accept('m1', () => (begun += 1));
    accepted.end('m1');
    await Promise.all([first, second]);
    expect(begun).to.equal(1);
  });

  it('that are over tell their end again', async () => {
    const accepted = new Accepted();
    const told: string[] = [];
    const over = accepted.accept('m1', () => told.push('begun'));
    accepted.end('m1', () => told.push('again'));
    await over;
    await accepted.accept('m1', () => told.push('begun'));
    expect(told).to.deep.equal(['begun', 'again']);
  });

  it('are let go of when another goes on with them', async () => {
    const accepted = new Accepted();
    const open = accepted.accept('m1', () => undefined);
    accepted.close();
    for (const work of [open, accepted.accept('m2', () => undefined)])
      expect(await work.catch((error: unknown) => hasCode(error, 'stopping'))).to.equal(true);
  });

  it('remember a bounded number of ends', async () => {
    const accepted = new Accepted();
    let begun = 0;
    for (let index = 0; index < 30; index += 1) {
      const over = accepted.accept(`m${index}`, () => (begun += 1));
      accepted.end(`m${index}`);
      await over;
    }
    void accepted.accept('m0', () => (begun += 1));
    expect(begun).to.equal(31);
  });
});
