// Starts and stops: what survives, and what a start that cannot be says.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { newAccount, type TestAccount } from './account.ts';
import { eventually } from './eventually.ts';
import { call, fixtures, register } from './fixtures.ts';
import { mixOfRun } from './mix.ts';
import { freePorts } from './ports.ts';
import { logIn } from './rest.ts';
import { ownZone } from './shared.ts';
import { failingStart, type Zone } from './zone.ts';

describe('a start', function () {
  this.timeout(120_000);
  const use = fixtures();
  const mix = mixOfRun();
  let zone: Zone;
  let account: TestAccount;
  before(async () => {
    zone = await ownZone();
    account = await newAccount(zone);
  });
  after(() => zone?.stop());

  const facts = () => join(zone.folder, 'zone.json');

  it('writes zone.json, which goes at the end', async () => {
    const written = JSON.parse(readFileSync(facts(), 'utf8'));
    expect(written).to.include.keys('api', 'metrics', 'account', 'login', 'phones', 'dial', 'pid');
    expect(written.account).to.include.keys('id', 'name', 'realm');
    expect(written.phones).to.have.length(2);
    await zone.restart(() => void expect(existsSync(facts())).to.equal(false));
    expect(JSON.parse(readFileSync(facts(), 'utf8'))).to.deep.include({
      login: written.login,
      phones: written.phones,
    });
  });

  it('keeps accounts, devices, registrations and CDRs over Ctrl-C: a phone is called without registering again', async () => {
    const line = await account.extension('600');
    const [port] = (await freePorts(1)) as [number];
    await register(line, { port, expires: 3600 });
    const before = await use.waiting('answer', { port, values: { ms: 100 } });
    const caller = await account.device();
    await call(caller, '600');
    await before.done;
    await eventually(async () => expect(await account.rest.get('cdrs')).to.have.length(2));
    const kept = await Promise.all(
      ['', 'devices', 'callflows', 'cdrs'].map((path) => account.rest.get(path)),
    );

    await zone.restart();
    const again = await Promise.all(
      ['', 'devices', 'callflows', 'cdrs'].map((path) => account.rest.get(path)),
    );
    expect(again).to.deep.equal(kept);
    await eventually(async () => {
      const rows: { username: string }[] = await account.rest.get('registrations');
      expect(rows.map(({ username }) => username)).to.deep.equal([line.username]);
    });
    const after = await use.waiting('answer', { port, values: { ms: 100 } });
    await call(caller, '600');
    await after.done;
    await eventually(async () => expect(await account.rest.get('cdrs')).to.have.length(4));
  });

  it('goes on after the process was killed', async () => {
    const id = (await account.device()).id;
    await zone.crash();
    expect((await account.rest.get(`devices/${id}`)).id).to.equal(id);
    expect((await logIn(zone.facts.api, zone.facts.login)).accountId).to.equal(zone.facts.account.id);
    const b = await use.callee(await account.extension('601'), 'answer', { ms: 100 });
    await call(await account.device(), '601');
    await b.done;
  });

  // It does not depend on the mix.
  const startsOnce = mix.processes === 'one' ? describe : () => undefined;
  startsOnce('that cannot be ends with one clear line', () => {
    /** The only line, of a start with other settings. */
    const lineOf = async (settings: Record<string, unknown>, environment: NodeJS.ProcessEnv = {}) => {
      const config = join(zone.folder, 'other.json');
      writeFileSync(config, JSON.stringify(settings));
      const { code, lines } = await failingStart(config, environment);
      expect(code).to.equal(1);
      expect(lines).to.have.length(1);
      return lines[0];
    };
    /** Ports of its own for all parts, and a folder of its own. */
    const others = async (): Promise<Record<string, Record<string, unknown>>> => {
      const names = ['bus', 'store', 'rest', 'websockets', 'media', 'metrics', 'sip', 'edge'];
      const ports = await freePorts(names.length + 2);
      const settings = Object.fromEntries(names.map((name, index) => [name, { port: ports[index] }]));
      const [port, sipPort] = ports.slice(-2);
      return { ...settings, switch: { port, sipPort, rtpMin: 0, rtpMax: 0 } };
    };

    for (const name of ['bus', 'store', 'sip', 'rest', 'websockets', 'media', 'metrics'])
      it(`when the port of ${name} is taken`, async () => {
        const settings = await others();
        const port = Number(settings[name]?.['port']);
        const holder = createServer().listen(port, '127.0.0.1');
        try {
          const line = await lineOf({ ...settings, data: join(zone.folder, `taken-${name}`) });
          expect(line)
            .to.match(/^mirliton: /)
            .and.to.include(String(port))
            .and.to.match(/taken|in use/);
        } finally {
          holder.close();
        }
      });

    it('when the data folder cannot be written', async () => {
      const data = join(zone.folder, 'other.json', 'below-a-file');
      const line = await lineOf({ ...(await others()), data });
      expect(line)
        .to.match(/^mirliton: cannot .*folder/)
        .and.to.include(data);
    });

    it('when another process has the data folder', async () => {
      const { pid } = JSON.parse(readFileSync(facts(), 'utf8')) as { pid: number };
      const line = await lineOf({ ...(await others()), data: zone.folder });
      expect(line)
        .to.match(/^mirliton: .*in use/)
        .and.to.include(String(pid));
      // The one that runs is not disturbed.
      expect((await account.rest.get('')).id).to.equal(account.id);
    });

    it('when this Node is too old', async () => {
      const version =
        "Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.19.1'}})";
      const line = await lineOf(
        {},
        { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(version)}` },
      );
      expect(line)
        .to.match(/Node 20/)
        .and.to.include('18.19.1');
    });

    it('when a setting is wrong', async () => {
      const line = await lineOf({ ...(await others()), rest: { port: 'http' } });
      expect(line).to.match(/^mirliton: .*rest.*port/);
    });

    it('when the settings are no JSON', async () => {
      const config = join(zone.folder, 'broken.json');
      writeFileSync(config, '{"rest": ');
      const { code, lines } = await failingStart(config);
      expect(code).to.equal(1);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(/^mirliton: .*broken\.json/);
    });

    if (mix.switch === 'embedded')
      it('when a port of the switch is taken', async () => {
        const settings = await others();
        const port = Number(settings['switch']?.['port']);
        const holder = createServer().listen(port, '127.0.0.1');
        const line = await lineOf({ ...settings, data: join(zone.folder, 'taken-switch') });
        holder.close();
        expect(line)
          .to.match(/^mirliton: .*switch/)
          .and.to.include(String(port));
      });
  });
});
