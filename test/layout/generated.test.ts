// The generated reference pages are those that the declarations give now.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { pages } from '../../docs/generate.ts';

describe('generated pages', () => {
  for (const [path, page] of Object.entries(pages)) {
    it(`${path} is up to date (npm run docs)`, () => {
      const committed = readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
      expect(committed === page(), `${path} differs from what docs/generate.ts writes`).to.equal(true);
    });
  }
});
