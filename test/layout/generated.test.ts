// The generated reference pages are those that the declarations give now.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { pages, pagesOfRest } from '../../docs/generate.ts';

describe('generated pages', () => {
  for (const [path, page] of Object.entries(pages)) {
    it(`${path} is up to date (npm run docs)`, () => {
      const committed = readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
      expect(committed === page(), `${path} differs from what docs/generate.ts writes`).to.equal(true);
    });
  }

  it('docs/reference/rest is up to date, and no page of it is left over', async () => {
    const folder = 'docs/reference/rest';
    const made = await pagesOfRest();
    const there = readdirSync(fileURLToPath(new URL(`../../${folder}`, import.meta.url)));
    expect(there.map((name) => `${folder}/${name}`).sort()).to.deep.equal(Object.keys(made).sort());
    for (const [path, text] of Object.entries(made)) {
      const committed = readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
      expect(committed === text, `${path} differs from what docs/generate.ts writes`).to.equal(true);
    }
  });
});
