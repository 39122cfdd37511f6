// The walls of the project (CONTRIBUTING.md): who may import whom, and that lists and folders agree.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every source file, as a path below the root. */
function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** Every import of a file: packages by name, files as paths below the root. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\s[^;]*?from\s+'([^']+)'/gm)].map(([, to = '']) => ({
    from: file,
    to: to.startsWith('.') ? relative(root, join(root, dirname(file), to)) : to,
  }));
}

const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.includes('/testing/');
const code = ['apps', 'core', 'rel'].flatMap(sources);
const imports = code.flatMap(importsOf);
const appOf = (file: string): string | undefined => /^apps\/([^/]+)\//.exec(file)?.[1];

function broken(rule: (it: Import) => boolean): string[] {
  return imports.filter(rule).map(({ from, to }) => `${from} imports ${to}`);
}

describe('walls', () => {
  it('finds the imports it is to judge', () => {
    expect(imports.length).to.be.above(500);
    expect(new Set(imports.map(({ to }) => to)))
      .to.include('nact')
      .and.to.include('core/contract/index.ts');
  });

  it('apps import core, never each other and never rel', () => {
    const outside = (it: Import): boolean => appOf(it.to) !== appOf(it.from) || it.to.startsWith('rel/');
    const rule = (it: Import): boolean =>
      appOf(it.from) !== undefined && /^(apps|rel)\//.test(it.to) && outside(it) && !isTest(it.from);
    expect(broken(rule)).to.deep.equal([]);
  });

  it('core imports neither apps nor rel', () => {
    expect(
      broken((it) => it.from.startsWith('core/') && /^(apps|rel)\//.test(it.to) && !isTest(it.from)),
    ).to.deep.equal([]);
  });

  it('the embedded parts know no app', () => {
    expect(
      broken((it) => it.from.startsWith('rel/embedded/') && it.to.startsWith('apps/') && !isTest(it.from)),
    ).to.deep.equal([]);
  });

  const owners: Readonly<Record<string, string>> = {
    nact: 'core/actors/',
    amqplib: 'core/amqp/',
    nano: 'core/couch/',
    'prom-client': 'core/metrics/',
    winston: 'core/log/',
    '@opentelemetry/api': 'core/trace/',
    '@opentelemetry/sdk-trace': 'core/trace/',
    '@opentelemetry/resources': 'core/trace/',
    '@opentelemetry/exporter-trace-otlp-http': 'core/trace/',
    modesl: 'apps/ecallmgr/freeswitch/',
    'drachtio-srf': 'apps/registrar/edge/',
    koa: 'apps/crossbar/',
  };
  for (const [name, owner] of Object.entries(owners)) {
    it(`only ${owner} imports ${name}`, () => {
      expect(broken((it) => it.to === name && !it.from.startsWith(owner) && !isTest(it.from))).to.deep.equal(
        [],
      );
    });
  }

  it('no file is called utils, helpers, common or manager', () => {
    expect(
      [...code, ...sources('test')].filter((file) => /\/(utils?|helpers?|common|manager)\.m?ts$/.test(file)),
    ).to.deep.equal([]);
  });

  it('every file begins by saying what it is for', () => {
    const silent = [...code, ...sources('test')].filter(
      (file) => !/^(\/\/|\/\*)/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(silent).to.deep.equal([]);
  });
});

describe('lists and folders agree', () => {
  const lists = {
    actions: 'apps/callflow/actions',
    commands: 'apps/ecallmgr/commands',
    resources: 'apps/crossbar/resources',
  };
  for (const [what, folder] of Object.entries(lists)) {
    it(`${what}: every file of ${folder} stands in its index`, () => {
      const index = readFileSync(join(root, folder, 'index.ts'), 'utf8');
      const files = readdirSync(join(root, folder)).filter(
        (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'index.ts',
      );
      expect(files.length).to.be.above(5);
      expect(files.filter((file) => !index.includes(`./${file}'`))).to.deep.equal([]);
    });
  }
});
