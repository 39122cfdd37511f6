// Where commands go in the queue of a call.
import { expect } from 'chai';
import type { Command } from './command.ts';
import { CommandQueue } from './queue.ts';

const command = (id: string, place?: Command['Insert-At'], extra: object = {}): Command => ({
  'Application-Name': 'play',
  'Call-ID': 'c',
  'Msg-ID': id,
  ...(place ? { 'Insert-At': place } : {}),
  ...extra,
});

const drain = (queue: CommandQueue): string[] => {
  const ids: string[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) ids.push(next['Msg-ID']);
  return ids;
};

describe('the command queue of a call', () => {
  it('takes tail by default, head next, now beside', () => {
    const queue = new CommandQueue();
    queue.insert(command('1'));
    queue.insert(command('2', 'tail'));
    queue.insert(command('3', 'head'));
    expect(queue.insert(command('4', 'now')).now?.['Msg-ID']).to.equal('4');
    expect(drain(queue)).to.deep.equal(['3', '1', '2']);
  });

  it('flush empties it first and breaks off what runs', () => {
    const queue = new CommandQueue();
    queue.insert(command('1'));
    queue.insert(command('2'));
    const { dropped, breaks } = queue.insert(command('3', 'flush'));
    expect(dropped.map((it) => it['Msg-ID'])).to.deep.equal(['1', '2']);
    expect(breaks).to.equal(true);
    expect(drain(queue)).to.deep.equal(['3']);
  });

  it('noop with Filter-Applications drops these at the head, by name, group or fields', () => {
    const filtered = (filter: unknown): string[] => {
      const queue = new CommandQueue();
      queue.insert(command('1', 'tail', { Terminators: ['#'], 'Group-ID': 'a' }));
      queue.insert(command('2', 'tail', { 'Group-ID': 'a' }));
      queue.insert(command('3', 'tail', { 'Application-Name': 'sleep' }));
      queue.insert(command('4'));
      const noop = command('5', 'now', { 'Application-Name': 'noop', 'Filter-Applications': [filter] });
      queue.insert(noop);
      return drain(queue);
    };
    expect(filtered('play')).to.deep.equal(['3', '4']);
    expect(filtered('sleep')).to.deep.equal(['1', '2', '3', '4']);
    expect(filtered({ 'Group-ID': 'a' })).to.deep.equal(['3', '4']);
    expect(filtered({ 'Application-Name': 'play', Fields: { Terminators: ['#'] } })).to.deep.equal([
      '2',
      '3',
      '4',
    ]);
  });
});
