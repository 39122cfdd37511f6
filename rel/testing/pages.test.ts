// The pages for operators: their command lines are those of `mirliton`, and what they link to exists.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { appsStartedBy, commandsIn, settingVariables } from './words.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const operations = join(root, 'docs', 'operations');
const pages = [
  ...readdirSync(operations).map((name) => join('docs', 'operations', name)),
  ...['freeswitch', 'kamailio'].map((name) => join('rel', name, 'README.md')),
].filter((page) => page.endsWith('.md'));
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('pages for operators', () => {
  it('show commands that mirliton knows', () => {
    let seen = 0;
    for (const page of pages)
      for (const words of commandsIn(read(page))) {
        expect(() => appsStartedBy(words), `${page}: mirliton ${words.join(' ')}`).to.not.throw();
        seen += 1;
      }
    expect(seen).to.be.above(20);
  });

  it('name settings that exist', () => {
    for (const page of pages)
      for (const name of read(page).match(/\bMIRLITON_[A-Z_]+\b/g) ?? [])
        if (!/^MIRLITON_(E2E|FREESWITCH)/.test(name)) expect([...settingVariables], page).to.include(name);
  });

  it('link to what exists', () => {
    for (const page of pages)
      for (const [, link = ''] of read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
        if (!link.includes('://'))
          expect(existsSync(join(root, page, '..', link)), `${page}: ${link}`).to.equal(true);
  });

  it('name files of rel that exist', () => {
    for (const page of pages)
      for (const [file] of read(page).matchAll(/(?<!dist\/)\brel\/[\w./-]*[\w/](?![\w.*/-])/g))
        if (!/\.env$/.test(file) || file.includes('example'))
          expect(existsSync(join(root, file)), `${page}: ${file}`).to.equal(true);
  });
});
