// The generated configuration: what Kamailio itself says of it, with every feature switched on and off, and what is refused.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings } from '../../core/config/index.ts';
import { type KamailioSite, siteOf, siteText, writeKamailioConfig } from './config.ts';

const program = ['/usr/sbin/kamailio', '/usr/local/sbin/kamailio'].find((file) => existsSync(file));

describe('the configuration of Kamailio', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirliton-kamailio-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const site = (more: Partial<KamailioSite> = {}): KamailioSite => ({
    folder,
    zone: 'test',
    bus: 'amqp://guest:guest@127.0.0.1:5672',
    secret: 'secret',
    sip: ['127.0.0.1:5060'],
    rpc: '127.0.0.1:5066',
    ...more,
  });
  const certificate = (): { readonly certificate: string; readonly key: string } => {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', '-x509', ...made, '-days', '1', '-subj', '/CN=edge'], {
      stdio: 'ignore',
    });
    return { certificate, key };
  };
  const mixes: Record<string, () => Partial<KamailioSite>> = {
    'UDP and TCP alone': () => ({}),
    IPv6: () => ({ sip: ['127.0.0.1:5060', '[::1]:5060'] }),
    TLS: () => ({ tls: { listen: ['127.0.0.1:5061'], ...certificate() } }),
    WebSocket: () => ({ websocket: ['127.0.0.1:5064'] }),
    'WebSocket over TLS': () => ({ websocket: [], tls: { listen: ['127.0.0.1:5065'], ...certificate() } }),
    'another edge of the zone': () => ({ peers: { own: '127.0.0.1:5070', others: ['127.0.0.2:5070'] } }),
    'the topology as it is': () => ({ hideTopology: false }),
    'an advertised address': () => ({ advertise: '192.0.2.1:5060' }),
  };
  for (const [name, more] of Object.entries(mixes))
    it(`is accepted by Kamailio with ${name}`, function () {
      // With CI=true a missing part is a failure: npm test says so for the whole step.
      if (!program) return this.skip();
      this.timeout(20_000);
      const file = writeKamailioConfig(site(more()));
      const { status, stderr } = spawnSync(program, ['-c', '-f', file, '-Y', folder], { encoding: 'utf8' });
      expect(stderr).not.to.match(/ERROR|CRITICAL/);
      expect(status, stderr).to.equal(0);
    });

  it('keeps the contacts of a file that is there, and blocks the scanners of today', function () {
    if (!program) return this.skip();
    const ask = (sql: string) =>
      execFileSync('sqlite3', [join(folder, 'edge.sqlite'), sql], { encoding: 'utf8' });
    writeKamailioConfig(site());
    ask(
      "INSERT INTO location (ruid, username, domain, contact) VALUES ('x', 'alice', 'a.test', 'sip:a@127.0.0.1')",
    );
    ask('DELETE FROM secfilter');
    writeKamailioConfig(site());
    expect(ask('SELECT username FROM location')).to.equal('alice\n');
    expect(ask("SELECT count(*) FROM secfilter WHERE data = 'friendly-scanner'")).to.equal('1\n');
  });

  it('spells the virtual host out, as Kamailio needs it', () => {
    expect(siteText(site(), folder)).to.include('"amqp://guest:guest@127.0.0.1:5672/%2F"');
    expect(siteText(site({ bus: 'amqp://u:p@h:1/own' }), folder)).to.include('"amqp://u:p@h:1/own"');
  });

  it('refuses what Kamailio cannot read in a text', () => {
    expect(() => siteText(site({ secret: 'a"b' }), folder)).to.throw('SITE_RPC_SECRET');
  });

  it('gives two edges of a zone one secret for nonces, and another zone another', () => {
    const nonceSecret = (more: Partial<KamailioSite>) =>
      /SITE_NONCE_SECRET "(\w+)"/.exec(siteText(site(more), folder))?.[1];
    expect(nonceSecret({ rpc: '127.0.0.1:5067' })).to.equal(nonceSecret({}));
    expect(nonceSecret({ zone: 'other' })).not.to.equal(nonceSecret({}));
  });

  it('follows the settings', () => {
    const settings = loadSettings({
      overrides: {
        sip: { host: '192.0.2.7', port: 5080, advertise: '198.51.100.1:5060' },
        edge: { kind: 'kamailio', rpc: ['http://10.0.0.1:5099/rpc'], secret: 's' },
        bus: { urls: ['amqp://u:p@10.0.0.2'] },
      },
    });
    const text = siteText(siteOf(settings, folder), folder);
    for (const line of [
      'listen=udp:192.0.2.7:5080 advertise 198.51.100.1:5060',
      'listen=tcp:10.0.0.1:5099',
      '#!define SITE_BUS "amqp://u:p@10.0.0.2/%2F"',
      '#!define SITE_RPC_PORT 5099',
      '#!define SITE_RPC_SECRET "Bearer s"',
    ])
      expect(text.split('\n')).to.include(line);
    expect(text).not.to.include('listen=tls');
  });

  it('follows the settings for TLS and WebSocket', () => {
    const listeners = (sip: Record<string, unknown>) => {
      const text = siteText(
        siteOf(loadSettings({ overrides: { sip: { host: '::1', ...sip } } }), folder),
        folder,
      );
      return text.split('\n').filter((line) => /^(listen|enable_tls)=/.test(line));
    };
    const files = { certificate: '/etc/cert.pem', key: '/etc/key.pem' };
    expect(listeners({ tls: 5061, ws: 5064, ...files })).to.include.members([
      'enable_tls=yes',
      'listen=tls:[::1]:5061',
      'listen=tcp:[::1]:5064',
    ]);
    expect(siteOf(loadSettings({ overrides: { sip: { wss: 5065, ...files } } }), folder)).to.deep.include({
      tls: { listen: ['127.0.0.1:5065'], ...files },
      websocket: [],
    });
    expect(() => listeners({ tls: 5061, key: '/etc/key.pem' })).to.throw(
      'sip.tls needs sip.certificate and sip.key',
    );
  });
});
