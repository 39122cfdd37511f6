// The units: what systemd itself says of them, and that their settings and command lines are known.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadSettings } from '../../core/config/index.ts';
import { appsStartedBy, seconds, settingsFrom } from '../testing/words.ts';
import { appNames } from '../zone/apps.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const read = (file: string): string => readFileSync(join(here, file), 'utf8');
const units = readdirSync(here).filter((name) => /\.(service|target)$/.test(name));
const services = units.filter((name) => name.endsWith('.service'));
const settingOf = (unit: string, key: string): string =>
  new RegExp(`^${key}=(.*)$`, 'm').exec(read(unit))?.[1] ?? '';

const example = Object.fromEntries(
  read('mirliton.example.env')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

/** The file that is the same on all machines, and on top what is of this one. */
const settings = (environment: Readonly<Record<string, string>> = {}) => {
  settingsFrom({ ...example, ...environment });
  return loadSettings({
    file: join(here, 'mirliton.example.json'),
    environment: { ...example, ...environment },
  });
};

describe('the units of systemd', () => {
  it('are accepted by systemd', function () {
    const analyze = '/usr/bin/systemd-analyze';
    if (!existsSync(analyze)) return this.skip();
    const folder = mkdtempSync(join(tmpdir(), 'mirliton-systemd-'));
    try {
      // Under the paths of this machine: it looks whether the programs exist.
      for (const name of units)
        writeFileSync(
          join(folder, name.replace('@.', '@callflow.')),
          read(name).replaceAll('/usr/bin/node', process.execPath).replaceAll('/opt/mirliton', root),
        );
      const files = readdirSync(folder).map((name) => join(folder, name));
      const { status, stderr } = spawnSync(analyze, ['verify', '--man=no', ...files], { encoding: 'utf8' });
      expect(stderr.split('\n').filter((line) => line.includes(folder))).to.deep.equal([]);
      expect(status, stderr).to.equal(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('start what mirliton knows, with settings that it knows', () => {
    expect(settings().switches.length).to.equal(2);
    for (const unit of services) {
      const environment = Object.fromEntries(
        settingOf(unit, 'Environment')
          .split(' ')
          .map((it) => it.split('=') as [string, string]),
      );
      expect(() => settings(environment), unit).to.not.throw();
    }
    const words = (unit: string): string[] =>
      settingOf(unit, 'ExecStart').split('bin.js ')[1]?.split(' ') ?? [];
    for (const app of appNames)
      expect(
        appsStartedBy(words('mirliton@.service').map((it) => it.replace(['$', '{APPS}'].join(''), app))),
      ).to.deep.equal([app]);
    expect(() => appsStartedBy(words('mirliton.service'))).to.not.throw();
  });

  it('let a process drain, once, and start it again whatever happened', () => {
    for (const unit of services) {
      expect(settingOf(unit, 'Restart'), unit).to.equal('always');
      expect(settingOf(unit, 'KillMode'), unit).to.equal('mixed');
      if (!unit.includes('kamailio'))
        expect(seconds(settingOf(unit, 'TimeoutStopSec')), unit).to.be.above(settings().drain + 5);
    }
  });

  it('run as nobody in particular, and see little of the machine', () => {
    const locks = (unit: string): string[] =>
      read(unit).match(/^(Protect|Private|Restrict|NoNew|Capab|SystemCall|Lock)\w+=.*$/gm) ?? [];
    for (const unit of services) {
      expect(settingOf(unit, 'User'), unit).to.equal('mirliton');
      expect(locks(unit), unit).to.deep.equal(locks('mirliton.service'));
      expect(locks(unit), unit).to.include.members([
        'ProtectSystem=strict',
        'NoNewPrivileges=yes',
        'CapabilityBoundingSet=',
      ]);
    }
  });
});
