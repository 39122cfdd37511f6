// What is in a data folder belongs to one process at a time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { claim, claimHost, tryClaim } from './folder.ts';

describe('the data folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirliton-folder-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const heldBy = (pid: number, name: string, born = ''): void => {
    mkdirSync(join(folder, 'locks'), { recursive: true });
    writeFileSync(join(folder, 'locks', name), `${pid} ${born}`);
  };

  it('is made and given back', () => {
    const release = claim(join(folder, 'new'), ['zone', 'broker']);
    expect(existsSync(join(folder, 'new', 'locks', 'broker'))).to.equal(true);
    release();
    expect(existsSync(join(folder, 'new', 'locks', 'broker'))).to.equal(false);
  });

  it('is refused, as a whole, while another process has a part of it', () => {
    heldBy(process.ppid, 'broker');
    expect(() => claim(folder, ['zone', 'broker'])).to.throw(`in use by process ${process.ppid}`);
    expect(tryClaim(folder, 'zone')).to.be.a('function');
  });

  it('is taken from a process that was killed', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    heldBy(child.pid ?? 0, 'zone');
    expect(tryClaim(folder, 'zone')).to.be.a('function');
  });

  it('is taken from a process of before a reboot, whose number another one has now', function () {
    if (!existsSync('/proc/self/stat')) this.skip();
    heldBy(process.ppid, 'zone', '1');
    expect(tryClaim(folder, 'zone')).to.be.a('function');
  });

  it('gives the second process with the same app another name', () => {
    heldBy(process.ppid, 'callflow@here');
    heldBy(process.ppid, 'cdr@here-2');
    const second = claimHost(folder, 'here', ['cdr', 'callflow']);
    expect(second.host).to.equal('here-3');
    expect(claimHost(folder, 'here', ['crossbar']).host).to.equal('here');
    second.release();
    expect(existsSync(join(folder, 'locks', 'callflow@here-3'))).to.equal(false);
  });

  it('that cannot be used is an error of the settings', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => tryClaim(join(folder, 'file', 'below'), 'zone')).to.throw(/cannot make the data folder/);
  });
});
