// Who may say where a call stands, and when.
import { expect } from 'chai';
import { hasCode } from '../../../core/errors/index.ts';
import type { Command } from '../control/command.ts';
import type { CheckpointEntry, Kept } from './checkpoints.ts';
import { Custody, type Resume } from './custody.ts';
import type { Succession } from './succession.ts';

describe('the custody of a call', () => {
  let kept: Kept | undefined;
  let fetchId: string;
  let offers: { resume: Resume | undefined; reason: string; offered: string; over: boolean }[];
  let custody: Custody;

  beforeEach(() => {
    kept = undefined;
    fetchId = 'f0';
    offers = [];
    const entry = {
      find: async () => kept,
      save: async (it: Kept) => {
        kept = it;
      },
      remove: async () => {
        kept = undefined;
      },
    } as unknown as CheckpointEntry;
    custody = new Custody({
      entry,
      fetchId: () => fetchId,
      succeed: (resume, reason) => {
        const offer = { resume, reason, offered: `f${offers.length + 1}`, over: false };
        offers.push(offer);
        if (reason === 'dead') fetchId = offer.offered;
        return {
          get over() {
            return offer.over;
          },
          get handsOver() {
            return reason === 'hand-over';
          },
          stop: () => {
            offer.over = true;
          },
          taken: (id: string | undefined) => {
            if (id !== offer.offered) return false;
            offer.over = true;
            fetchId = offer.offered;
            return true;
          },
        } as unknown as Succession;
      },
    });
  });

  const checkpoint = (from: string, id: string | undefined, extra: object = {}): Command =>
    ({
      'Application-Name': 'checkpoint',
      'Call-ID': 'c',
      'Msg-ID': 'm',
      'Server-ID': from,
      ...(id === undefined
        ? {}
        : { Resume: { Call: { 'Custom-Channel-Vars': { 'Fetch-ID': id } }, Flow: {} } }),
      ...extra,
    }) as Command;
  const isLost = (from: string, id: string | undefined): boolean => {
    try {
      void custody.take(checkpoint(from, id));
      return false;
    } catch (error) {
      return hasCode(error, 'call_lost');
    }
  };

  it('is with who told where the call stands last, and that is kept', () => {
    custody.begin('winner');
    void custody.take(checkpoint('one', 'f0'));
    expect(custody.serverId).to.equal('one');
    expect(kept).to.deep.include({ serverId: 'one', givenUp: [] });
    expect(isLost('one', 'older')).to.equal(true);
  });

  it('goes to who takes up the last offer, and nothing of the dead one counts', () => {
    void custody.take(checkpoint('one', 'f0'));
    custody.giveUp();
    expect(offers[0]).to.include({ reason: 'dead' });
    expect(custody.refuses('one')).to.equal(true);
    expect(isLost('one', 'f0')).to.equal(true);
    expect(isLost('two', undefined)).to.equal(true);
    expect(isLost('two', 'f1')).to.equal(false);
    expect(custody.serverId).to.equal('two');
    expect(kept).to.deep.include({ serverId: 'two', givenUp: ['one'] });
    expect(isLost('one', 'f0')).to.equal(true);
  });

  it('tells whoever comes next that the call was joined, unless that was known', () => {
    const told: string[] = [];
    void custody.take(checkpoint('one', 'f0'));
    custody.joined(() => told.push('known'));
    void custody.take(checkpoint('one', 'f0'));
    custody.joined(() => told.push('unknown'));
    custody.giveUp();
    void custody.take(checkpoint('two', 'f1'));
    expect(told).to.deep.equal(['unknown']);
  });

  describe('the keys that were pressed', () => {
    let told: string[];
    const press = (key: string): void => custody.pressed(`key ${key}`, () => told.push(key));
    beforeEach(() => {
      told = [];
    });

    it('are told to whoever comes next, but for those that were taken', () => {
      press('1');
      void custody.take(checkpoint('one', 'f0', { 'Keys-Taken': 'key 1' }));
      press('2');
      void custody.take(checkpoint('one', 'f0', { 'Keys-Taken': 'key 1' }));
      custody.giveUp();
      press('3');
      expect(told).to.deep.equal([]);
      void custody.take(checkpoint('two', 'f1'));
      void custody.take(checkpoint('two', 'f1', { 'Keys-Taken': 'key 3' }));
      expect(told).to.deep.equal(['2', '3']);
      press('4');
      void custody.take(checkpoint('two', 'f1', { 'Hand-Over': true }));
      void custody.take(checkpoint('three', 'f2'));
      expect(told).to.deep.equal(['2', '3', '4']);
    });

    it('are told again to one that may have missed some', () => {
      void custody.take(checkpoint('one', 'f0'));
      press('1');
      press('2');
      void custody.take(checkpoint('one', 'f0', { 'Keys-Taken': 'key 1' }));
      expect(told).to.deep.equal([]);
      void custody.take(checkpoint('one', 'f0', { 'Keys-Taken': 'key 1', 'Keys-Again': true }));
      expect(told).to.deep.equal(['2']);
    });
  });

  it('goes back to one that was stopped only, when it takes up its own call', () => {
    void custody.take(checkpoint('one', 'f0'));
    custody.giveUp();
    void custody.take(checkpoint('one', 'f1'));
    expect(custody.refuses('one')).to.equal(false);
    expect(custody.serverId).to.equal('one');
  });

  it('is handed over once, and stays where it is when nobody takes it', () => {
    void custody.take(checkpoint('one', 'f0', { 'Hand-Over': true }));
    void custody.take(checkpoint('one', 'f0', { 'Hand-Over': true }));
    expect(offers).to.have.length(1);
    expect(isLost('two', 'f0'), 'not under the present id').to.equal(true);
    void custody.take(checkpoint('one', 'f0'));
    expect(offers[0]?.over).to.equal(true);
    void custody.take(checkpoint('one', 'f0', { 'Hand-Over': true }));
    void custody.take(checkpoint('two', 'f2'));
    expect(custody.serverId).to.equal('two');
    expect(fetchId).to.equal('f2');
    expect(isLost('one', 'f0')).to.equal(true);
  });

  it('goes on from what an ecallmgr before us kept, or from the winner', async () => {
    kept = { serverId: 'one', resume: { Flow: {} }, givenUp: ['zero'] };
    await custody.restore('winner');
    expect(custody.serverId).to.equal('one');
    expect(custody.refuses('zero')).to.equal(true);
    kept = undefined;
    custody.clear();
    await custody.restore('winner');
    expect(custody.serverId).to.equal('winner');
  });

  it('follows the call to another leg, with what is kept of it', async () => {
    const of: Record<string, Kept | undefined> = {};
    const leg = (name: string) =>
      ({
        find: async () => of[name],
        save: (it: Kept) => {
          of[name] = it;
        },
        remove: async () => {
          delete of[name];
        },
      }) as unknown as CheckpointEntry;
    of['before'] = { serverId: 'one', resume: { Flow: {} }, givenUp: [] };
    await custody.restore('winner', leg('before'));
    expect(kept).to.deep.equal({ serverId: 'one', resume: { Flow: {} }, givenUp: [] });
    expect(of).to.deep.equal({});
    custody.move(leg('after'));
    expect(of['after']).to.include({ serverId: 'one' });
    expect(kept, 'it is a call of nobody any more').to.equal(undefined);
  });
});
