// The written configuration, as FreeSWITCH's preprocessor would read it: whole, well formed, with what ecallmgr builds on.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { realms } from '../../apps/ecallmgr/survival/hash.ts';
import { loadSettings } from '../../core/config/index.ts';
import { type FreeswitchSite, siteOf, siteText, writeFreeswitchConfig } from './config.ts';

/** Set by FreeSWITCH itself before it reads the file. */
const own = new Set(['sounds_dir', 'conf_dir', 'cache_dir', 'log_dir', 'temp_dir']);

/** Every module that FreeSWITCH 1.10 and 1.11 have and that our images of it carry. */
const modules = new Set(
  `commands conference console dialplan_xml dptools event_socket expr flite hash http_cache local_stream logfile loopback
   native_file opus say_en shout sndfile sofia spandsp tone_stream`
    .split(/\s+/)
    .map((name) => `mod_${name}`),
);

/** The text that is left when all includes and variables are put in, as the switch does it line by line. */
function expanded(folder: string): string {
  const variables = new Map<string, string>();
  const missing = new Set<string>();
  const put = (text: string): string =>
    text.replace(/\$\$\{(\w+)\}/g, (whole, name: string) => {
      if (own.has(name)) return `/${name}`;
      if (!variables.has(name)) missing.add(name);
      return variables.get(name) ?? whole;
    });
  const read = (file: string): string =>
    readFileSync(join(folder, file), 'utf8')
      .replace(/^\s*<\/?include>\s*$/gm, '')
      .split('\n')
      .map((line) => {
        const [, cmd, data = ''] = /^\s*<X-PRE-PROCESS cmd="(\w+)" data="([^"]*)"\/>\s*$/.exec(line) ?? [];
        if (cmd === 'include') return read(data);
        if (cmd !== 'set') return put(line);
        const at = data.indexOf('=');
        variables.set(data.slice(0, at), put(data.slice(at + 1)));
        return '';
      })
      .join('\n');
  const text = read('freeswitch.xml');
  expect([...missing], 'variables that nobody sets').to.deep.equal([]);
  return text;
}

interface Action {
  readonly application: string;
  readonly data: string;
}

interface Extension {
  readonly condition:
    | { readonly action: Action | readonly Action[] }
    | readonly { readonly action: Action }[];
}

interface Element {
  readonly [name: string]: unknown;
}

describe('the configuration of FreeSWITCH', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirliton-freeswitch-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const settings = loadSettings({
    overrides: {
      sip: { host: '10.0.0.11' },
      edge: { rpc: ['http://10.0.0.12:5066/rpc', 'http://[2001:db8::12]:5066/rpc'] },
      switches: [
        { host: '10.0.0.21', port: 8022, password: 'secret', name: 'fs1' },
        { host: '10.0.0.22', port: 8021, password: 'secret', name: 'fs2' },
      ],
    },
  });
  const site = (more: Partial<FreeswitchSite> = {}): FreeswitchSite => ({
    ...siteOf(settings, folder, 'fs1'),
    ...more,
  });

  /** The configurations of the document by name, each with its parameters. */
  const written = async (more?: Partial<FreeswitchSite>) => {
    await writeFreeswitchConfig(site(more));
    const text = expanded(folder);
    const arrays = new Set([
      'param',
      'configuration',
      'load',
      'list',
      'node',
      'profile',
      'extension',
      'context',
    ]);
    const document = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (name) => arrays.has(name),
    }).parse(text).document as { section: { name: string; configuration: Element[]; context: Element[] }[] };
    const section = (name: string) => document.section.find((it) => it.name === name)!;
    const configuration = (name: string): Element =>
      section('configuration').configuration.find((it) => it['name'] === name)!;
    const params = (of: unknown): Record<string, string> =>
      Object.fromEntries(
        ((of as { param: { name: string; value: string }[] }).param ?? []).map((it) => [it.name, it.value]),
      );
    return { text, section, configuration, params };
  };

  it('is well-formed, and every file of it is read', async () => {
    const { text } = await written();
    expect(XMLValidator.validate(text)).to.equal(true);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
      expect(XMLValidator.validate(readFileSync(join(folder, file), 'utf8')), file).to.equal(true);
      if (file !== 'freeswitch.xml')
        expect(readFileSync(join(folder, 'freeswitch.xml'), 'utf8')).to.include(`data="${file}"`);
    }
  });

  it('loads modules that exist, those that every call needs as critical', async () => {
    const { configuration } = await written();
    const { load } = configuration('modules.conf')['modules'] as {
      load: { module: string; critical?: string }[];
    };
    expect(load.map((it) => it.module)).to.satisfy((names: string[]) => names.every((it) => modules.has(it)));
    expect(load.filter(({ critical }) => critical === 'true').map((it) => it.module)).to.include.members(
      ['event_socket', 'commands', 'dptools', 'hash', 'http_cache', 'loopback', 'sofia'].map(
        (it) => `mod_${it}`,
      ),
    );
    expect(load.at(-1)?.module).to.equal('mod_sofia');
  });

  it('parks every call and nothing else; each leg notes its end, as ecallmgr wants it', async () => {
    const { section } = await written();
    const [context] = section('dialplan').context as unknown as { extension: Extension[] }[];
    const [parking] = (context?.extension ?? []).map((it) => [it.condition].flat()[0]?.action);
    const [set, park] = parking as Action[];
    const [hook = '', ...handedOn] = set?.data.replace('^^;', '').split(';') ?? [];
    expect(hook).to.include(`hash insert/${realms.ends}/`).and.to.include(`hash(select/${realms.told}/ends)`);
    // FreeSWITCH drops an expression on its way to another leg, unless it is told not to.
    expect(handedOn).to.deep.equal(['origination_nested_vars=true', 'export_vars=api_reporting_hook']);
    expect([set?.application, park?.application]).to.deep.equal(['multiset', 'park']);
    // What is not kept from being expanded is gone before the leg ends.
    expect(hook.match(/(\\*)\$/g)).to.satisfy((all: string[]) => all.every((it) => it === '\\\\\\$'));
    expect(readFileSync(join(folder, 'variables.xml'), 'utf8')).to.include('session_in_hangup_hook=true');
  });

  it('calls who has a replaced call by what ecallmgr has noted, and by nothing that a phone has written', async () => {
    const { section, params, configuration } = await written();
    const { profile } = configuration('sofia.conf')['profiles'] as { profile: Element[] };
    expect(params(profile[0]?.['settings'])).to.include({
      'channel-xml-fetch-on-nightmare-transfer': 'true',
    });
    const [user, domain] = ['replaced', 'mirliton'];
    expect(params((section('channels') as unknown as Element)['params'])).to.deep.equal({
      'dial-prefix': '',
      'absolute-dial-string': `user/${user}@${domain}`,
    });
    const known = (section('directory') as unknown as { domain: { name: string; user: Element } }).domain;
    expect([known.name, known.user['id']]).to.deep.equal([domain, user]);
    const dialString = params(known.user['params'])['dial-string'] ?? '';
    const noted = `\${hash(select/${realms.places}/\${md5(`;
    expect(dialString.split(noted)).to.have.length(3);
    // Each expression but the digests stands within one.
    for (const part of dialString.split(noted).slice(1))
      expect(part).to.match(/^\$\{regex\(\$\{\w+\}\|[^$]+\)\}\)\}\)\}/);
  });

  it('has the one SIP profile as ecallmgr expects it', async () => {
    const { configuration, params } = await written();
    const { profile } = configuration('sofia.conf')['profiles'] as { profile: Element[] };
    expect(profile.map((it) => it['name'])).to.deep.equal(['sipinterface_1']);
    expect(params(profile[0]?.['settings'])).to.include({
      context: 'context_2',
      dialplan: 'XML',
      'sip-ip': '10.0.0.21',
      'sip-port': '11000',
      'inbound-use-callid-as-uuid': 'true',
      'outbound-use-uuid-as-callid': 'true',
      'parse-all-invite-headers': 'true',
      'inbound-late-negotiation': 'true',
      'inbound-codec-negotiation': 'greedy',
      'liberal-dtmf': 'true',
      'accept-blind-auth': 'true',
      'apply-inbound-acl': 'edges',
      'auth-calls': 'false',
      'disable-register': 'true',
      'manual-redirect': 'true',
      'fire-transfer-events': 'true',
      'caller-id-type': 'rpid',
      't38-passthru': 'true',
    });
  });

  it('lets in the edges and the other switches, and ecallmgr to the event socket', async () => {
    const { configuration, params } = await written({ control: ['127.0.0.0/8', '10.0.0.0/24'] });
    const { list } = configuration('acl.conf')['network-lists'] as {
      list: { name: string; default: string; node?: { type: string; cidr: string }[] }[];
    };
    const allowed = Object.fromEntries(list.map((it) => [it.name, (it.node ?? []).map(({ cidr }) => cidr)]));
    expect(list.every((it) => it.default === 'deny')).to.equal(true);
    expect(allowed).to.deep.equal({
      edges: ['10.0.0.11/32', '10.0.0.12/32', '2001:db8::12/128', '10.0.0.21/32', '10.0.0.22/32'],
      control: ['127.0.0.0/8', '10.0.0.0/24'],
      none: [],
    });
    expect(params(configuration('event_socket.conf')['settings'])).to.include({
      'listen-ip': '10.0.0.21',
      'listen-port': '8022',
      password: 'secret',
      'apply-inbound-acl': 'control',
    });
  });

  it('has limits that fit a carrier, and never more sessions than ports', async () => {
    const { configuration, params } = await written();
    expect(params(configuration('switch.conf')['settings'])).to.include({
      switchname: 'fs1',
      'max-sessions': '5000',
      'sessions-per-second': '200',
      'verbose-channel-events': 'true',
    });
    expect(siteText(site({ rtp: { host: '10.0.0.21', min: 20000, max: 20999 } }))).to.include(
      'max_sessions=499"',
    );
  });

  it('plays media over HTTP, and music that came with it', async () => {
    const { configuration, params } = await written();
    expect(params(configuration('http_cache.conf')['settings'])).to.include({
      'enable-file-formats': 'true',
    });
    expect(readFileSync(join(folder, 'mime.types'), 'utf8')).to.match(/^audio\/mpeg\tmp3$/m);
    const melody = readFileSync(join(folder, 'music', 'melody.wav'));
    expect(melody.toString('latin1', 0, 4)).to.equal('RIFF');
    expect(melody.length).to.equal(44 + 9.6 * 8000 * 2);
  });

  it('has the conference profiles that commands name', async () => {
    const { configuration } = await written();
    const { profile } = configuration('conference.conf')['profiles'] as { profile: Element[] };
    expect(profile.map((it) => it['name'])).to.deep.equal(['default', 'page']);
  });

  it('keeps its password from the eyes of others', async () => {
    await writeFreeswitchConfig(site());
    expect(statSync(join(folder, 'site.xml')).mode & 0o007).to.equal(0);
  });

  it('says what it cannot write', async () => {
    const complaint = (more: Partial<FreeswitchSite>): Promise<string> =>
      writeFreeswitchConfig(site(more)).then(
        () => 'nothing was wrong',
        (error: Error) => error.message,
      );
    expect(await complaint({ name: 'a"b' })).to.include('node_name');
    expect(await complaint({ edges: ['edge.example'] })).to.include('"edge.example"');
    expect(await complaint({ control: ['10.0.0.0/33'] })).to.include('"10.0.0.0/33"');
    expect(await complaint({ sip: { host: 'fs1.example', port: 11000 } })).to.include('not names');
    expect(await complaint({ rtp: { host: '10.0.0.21', min: 2, max: 1 } })).to.include('no range');
    expect(() => siteOf(settings, folder, 'fs9')).to.throw('fs9');
  });
});
