// The table of commands: every file is in it, names are unique, and what the apps read can be set.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { optionWords } from '../command.ts';
import { knownSettings } from '../known-settings.ts';
import { globalOptions } from '../parse.ts';
import { commands } from './index.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const apps = fileURLToPath(new URL('../../../apps', import.meta.url));

describe('the table of commands', () => {
  it('has every file of the folder', () => {
    const index = readFileSync(join(here, 'index.ts'), 'utf8');
    const files = readdirSync(here).filter((file) => /(?<!\.test)\.ts$/.test(file) && file !== 'index.ts');
    expect(files.length).to.be.above(20);
    expect(files.filter((file) => !index.includes(`./${file}'`))).to.deep.equal([]);
  });

  it('names each command once, in one or two words, and says what it is for', () => {
    const names = commands.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    for (const { name, summary } of commands) {
      expect(name).to.match(/^[a-z-]+( [a-z-]+)?$/);
      expect(summary, name).not.to.equal('');
    }
  });

  it('declares options that do not hide the global ones, and a list only at the end', () => {
    for (const { name, options, args } of commands) {
      for (const option of Object.keys(options)) {
        expect(globalOptions, `${name} ${optionWords(option, undefined)}`).not.to.have.property(option);
      }
      const lists = Object.values(args).map(({ many }) => many);
      expect(lists.slice(0, -1), name).not.to.include(true);
    }
  });
});

describe('known settings', () => {
  it('are those that the apps read', () => {
    const sources = readdirSync(apps, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
    );
    const read = sources.flatMap((file) => {
      const text = readFileSync(join(apps, file), 'utf8');
      return [...text.matchAll(/onfig\s*\.get(?:<[^(]*>)?\(\s*'([a-z_]+)',\s*'([a-z0-9_.]+)'/g)].map(
        ([, category = '', path = '']) => ({ category, path }),
      );
    });
    expect(read.length).to.be.above(12);
    const missing = read.filter(({ category, path }) => !knownSettings[category]?.[path]);
    expect(missing).to.deep.equal([]);
  });
});
