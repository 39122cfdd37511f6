// Making folders.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeFolder } from './index.ts';

describe('makeFolder', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'mirliton-files-'));
  });
  afterEach(() => rmSync(base, { recursive: true }));

  it('makes what is missing, and leaves what is there', () => {
    const folder = join(base, 'a', 'b', 'c');
    makeFolder(folder);
    makeFolder(folder);
    expect(statSync(folder).isDirectory()).to.equal(true);
  });

  it('says why it cannot, and does not try for ever', () => {
    writeFileSync(join(base, 'file'), '');
    expect(() => makeFolder(join(base, 'file', 'below'))).to.throw(/ENOTDIR|EEXIST/);
    if (process.platform === 'linux') expect(() => makeFolder('/proc/mirliton/data')).to.throw(/ENOENT/);
  });
});
