// The list of commands, the folder and the messages agree.
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { commands } from '../../../core/messages/dialplan.ts';
import { commandNames, unitOf } from './index.ts';

// Files of the folder that are no command.
const others = ['index', 'playing', 'unit'];

describe('the commands of ecallmgr', () => {
  it('are those of core/messages, one file each', () => {
    const files = readdirSync(new URL('.', import.meta.url))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => name.slice(0, -3))
      .filter((name) => !others.includes(name));
    expect(files.sort()).to.deep.equal([...commandNames].sort());
    expect([...commandNames].sort()).to.deep.equal(Object.keys(commands).sort());
  });

  it('know their own names', () => {
    for (const name of commandNames) expect(unitOf(name).name).to.equal(name);
  });
});
