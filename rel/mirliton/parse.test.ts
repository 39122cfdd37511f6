// Words of the command line become a command with its values, or an error that says what is wrong.
import { expect } from 'chai';
import { AppError } from '../../core/errors/index.ts';
import { type Command, command, flag, many, maybe, one, text, usage } from './command.ts';
import { helpOn, overview } from './help.ts';
import { longestFirst, parse } from './parse.ts';

const run = async (): Promise<void> => undefined;
const calls = command({ name: 'calls', summary: 'all', options: { account: text('A', 'of it') }, run });
const hangup = command({ name: 'calls hangup', summary: 'ends', args: { call: maybe('id') }, run });
const set = command({
  name: 'config set',
  summary: 'sets',
  args: { category: one('c'), value: one('v') },
  options: { force: flag('f') },
  run,
});
const drop = command({ name: 'drop', summary: 'drops', args: { queue: one('q'), ids: many('m') }, run });
const table: readonly Command[] = longestFirst([calls, hangup, set, drop]);
const read = (...words: string[]) => parse(words, table);

function wrongUse(...words: string[]): string {
  try {
    read(...words);
  } catch (error) {
    expect(error).to.be.instanceOf(AppError);
    expect((error as AppError).code).to.equal('invalid_data');
    return (error as AppError).message;
  }
  throw new Error('it was taken');
}

describe('the command line', () => {
  it('finds the command with the longest name, and gives every declared value', () => {
    expect(read('calls').command?.name).to.equal('calls');
    expect(read('calls', 'hangup').args).to.deep.equal({ call: undefined });
    expect(read('calls', 'hangup', 'c1').args).to.deep.equal({ call: 'c1' });
    expect(read('config', 'set', 'a', 'b', '--force').options).to.include({ force: true });
    expect(read('config', 'set', 'a', 'b').options).to.include({ force: false, json: false });
    expect(read('drop', 'q', '1', '2').args).to.deep.equal({ queue: 'q', ids: ['1', '2'] });
    expect(read('calls', '--account=x', '--json')).to.deep.include({ json: true });
    expect(read('calls', '--account', 'x').options).to.include({ account: 'x' });
  });

  it('takes words that begin with a dash after --', () => {
    expect(read('config', 'set', 'a', '--', '-5').args).to.deep.equal({ category: 'a', value: '-5' });
  });

  it('asks for help on everything, or on one command', () => {
    for (const words of [[], ['help'], ['--help']]) expect(read(...words)).to.include({ help: true });
    expect(read('help', 'config', 'set')).to.deep.include({ help: true, command: set });
    expect(read('config', 'set', '--help')).to.deep.include({ help: true, command: set, args: {} });
  });

  it('names what is wrong', () => {
    expect(wrongUse('config', 'set', 'a'))
      .to.include('VALUE is missing')
      .and.to.include(usage(set));
    expect(wrongUse('calls', 'now')).to.include('now is one word too many');
    expect(wrongUse('calls', '--acount', 'x')).to.include('--acount');
    expect(wrongUse('calls', '--account')).to.include('--account');
    expect(wrongUse('cals')).to.include('did you mean calls?');
    expect(wrongUse('config')).to.include('config set');
    expect(wrongUse('frobnicate')).to.include('mirliton help');
  });

  it('is told by the help as it is declared', () => {
    expect(usage(set)).to.equal('mirliton config set CATEGORY VALUE [--force]');
    expect(usage(drop)).to.equal('mirliton drop QUEUE [IDS...]');
    expect(helpOn(calls)).to.include('--account A').and.to.include('--json');
    for (const { name } of table) expect(overview(table)).to.include(`  ${name} `);
  });
});
