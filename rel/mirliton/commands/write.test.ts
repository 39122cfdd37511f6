// mirliton write: what the options make of the settings. What is written is tested where it is made.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings } from '../../../core/config/index.ts';
import type { Cli } from '../cli.ts';
import { longestFirst, parse } from '../parse.ts';
import { writeFreeswitchCommand, writeKamailioCommand } from './write.ts';

describe('mirliton write', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirliton-write-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const settings = loadSettings({
    overrides: {
      switches: [
        { name: 'fs1', host: '10.0.0.21' },
        { name: 'fs2', host: '10.0.0.22' },
      ],
    },
  });
  const done: string[] = [];
  const cli = { settings: () => settings, done: (line: string) => done.push(line) } as unknown as Cli;
  const run = async (...words: string[]): Promise<unknown> => {
    const parsed = parse(words, longestFirst([writeFreeswitchCommand, writeKamailioCommand]));
    return parsed.command?.run(parsed, cli);
  };
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

  it('freeswitch: takes the switch by its name, and the options over the settings', async () => {
    await run(
      ...['write', 'freeswitch', folder, '--switch=fs2', '--address=192.0.2.1', '--advertise=198.51.100.1'],
      ...['--edges=10.0.0.11, 10.0.0.12', '--control=10.0.0.0/24', '--rtp=20000-29999', '--music=/srv/music'],
    );
    const site = read('site.xml');
    for (const line of [
      'node_name=fs2',
      'event_socket_ip=10.0.0.22',
      'sip_ip=192.0.2.1',
      'rtp_ip=192.0.2.1',
      'advertised_rtp_ip=198.51.100.1',
      'rtp_min=20000',
      'rtp_max=29998',
      'music=/srv/music',
    ])
      expect(site).to.include(`data="${line}"`);
    expect(read('acl.xml').match(/cidr="[^"]+"/g)).to.deep.equal([
      'cidr="10.0.0.11/32"',
      'cidr="10.0.0.12/32"',
      'cidr="10.0.0.0/24"',
    ]);
    expect(done.at(-1)).to.include(folder);
  });

  it('says which option is wrong', async () => {
    const complaint = (...words: string[]): Promise<string> =>
      run('write', ...words).then(
        () => 'nothing was wrong',
        (error: Error) => error.message,
      );
    expect(await complaint('freeswitch', folder, '--rtp=20000')).to.include('--rtp');
    expect(await complaint('freeswitch', folder, '--switch=fs3')).to.include('fs3');
    expect(await complaint('kamailio', folder, '--own=10.0.0.11:5062')).to.include('--peers');
  });
});
