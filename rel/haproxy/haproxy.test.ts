// HAProxy's own word on the configuration, and that it names what the compose file runs.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';

const file = fileURLToPath(new URL('./haproxy.cfg', import.meta.url));
const text = readFileSync(file, 'utf8');
const program = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'].find((it) => existsSync(it));

describe('the configuration of HAProxy', () => {
  it('is accepted by HAProxy, without a warning', function () {
    if (!program) return this.skip();
    const { status, stderr } = spawnSync(program, ['-c', '-f', file], { encoding: 'utf8' });
    expect(stderr).not.to.match(/WARNING|ALERT/);
    expect(status, stderr).to.equal(0);
  });

  it('sends to services that exist, and checks each', () => {
    const compose = readFileSync(fileURLToPath(new URL('../compose.yaml', import.meta.url)), 'utf8');
    const { services } = parse(compose, { merge: true, maxAliasCount: -1 }) as {
      services: Record<string, object>;
    };
    const servers = [...text.matchAll(/^ {2}server(?:-template)? (\w+)(?: \d+)? ([\w.]+):(\d+) (.*)$/gm)];
    expect(servers.length).to.equal(7);
    for (const [line, , host = '', , rest] of servers) {
      expect(services, line).to.have.property(host);
      expect(rest, line).to.match(/^check/);
    }
  });
});
