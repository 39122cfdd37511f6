// The Dockerfile: what it copies is there and not ignored, nobody runs as root, and what is installed for building stays behind.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const lines = read('Dockerfile')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line));

interface Stage {
  readonly name: string;
  readonly from: string;
  readonly lines: string[];
}

const stages: Stage[] = [];
for (const line of lines) {
  const [, from = '', name = ''] = /^FROM (\S+) AS (\w+)$/.exec(line) ?? [];
  if (from !== '') stages.push({ name, from, lines: [] });
  else stages.at(-1)?.lines.push(line);
}
const all = ({ from, lines: own }: Stage): readonly string[] => {
  const base = stages.find(({ name }) => name === from);
  return [...(base ? all(base) : []), ...own];
};
const allowed = read('.dockerignore')
  .split('\n')
  .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));

describe('Dockerfile', () => {
  it('copies what is there, and what .dockerignore lets through', () => {
    const sources = stages
      .flatMap((stage) => stage.lines)
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(sources.length).to.be.above(8);
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).to.equal(true);
      expect(allowed, source).to.include(source.split('/')[0]);
    }
  });

  it('runs as a user of its own, in every image that is run', () => {
    for (const name of ['apps', 'edge']) {
      const stage = stages.find((it) => it.name === name)!;
      expect(
        all(stage)
          .filter((line) => line.startsWith('USER '))
          .at(-1),
        name,
      ).to.equal('USER mirliton');
      expect(all(stage).some((line) => line.startsWith('ENTRYPOINT '))).to.equal(true);
    }
    expect(stages.at(-1)?.name).to.equal('apps');
  });

  it('asks the apps for their health', () => {
    expect(stages.at(-1)?.lines.find((line) => line.startsWith('HEALTHCHECK '))).to.include('/health');
  });

  it('leaves what is for development behind, and takes no sources along', () => {
    const build = stages.find(({ name }) => name === 'build')!;
    expect(build.lines.at(-1)).to.include('npm prune --omit=dev');
    const runtime = stages.find(({ name }) => name === 'runtime')!;
    expect(runtime.lines.some((line) => /^COPY (core|apps|rel) /.test(line))).to.equal(false);
  });

  it('has what the program reads beside itself', () => {
    const copied = stages.find(({ name }) => name === 'runtime')!.lines.join('\n');
    for (const folder of [
      'couchdb/views',
      'apps/media_mgr/prompts/sounds',
      'rel/freeswitch/conf',
      'rel/kamailio',
    ])
      expect(copied).to.include(`COPY ${folder} ${folder}`);
  });
});
