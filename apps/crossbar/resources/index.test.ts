// The list of resources and the folder agree.
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { modules } from './index.ts';

describe('resources', () => {
  it('are the files of this folder, each once, by their names', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((file) => /^(?!index)\w+\.ts$/.test(file))
      .map((file) => file.replace(/\.ts$/, ''));
    expect(modules.map(({ name }) => name).sort()).to.deep.equal(files.sort());
  });

  it('state a permission for every verb of every path', () => {
    const paths = modules.flatMap(({ endpoints }) => endpoints.map(({ path }) => path));
    expect(new Set(paths).size).to.equal(paths.length);
    for (const { operations } of modules.flatMap(({ endpoints }) => endpoints))
      for (const operation of Object.values(operations)) expect(operation.permission).to.be.a('string');
  });
});
