// The `mirliton` command against a running zone, as a script uses it: --json, exit codes, and what it says when parts are down.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { expect } from 'chai';
import { newAccount, type TestAccount } from './account.ts';
import { inside, type Ran, fine as runFine, spawned } from './cli.ts';
import { eventually } from './eventually.ts';
import { call, fixtures } from './fixtures.ts';
import { freePorts } from './ports.ts';
import { sharedZone } from './shared.ts';
import type { Zone } from './zone.ts';

describe('the mirliton command', function () {
  this.timeout(90_000);
  const use = fixtures();
  let zone: Zone;
  let account: TestAccount;
  /** Runs a command on the zone. */
  const mirliton = (...words: string[]): Promise<Ran> => inside(zone.config, words);
  /** As `mirliton`, and fails unless it went well. */
  const fine = (...words: string[]) => runFine(zone.config, ...words);
  before(async () => {
    zone = await sharedZone();
    account = await newAccount(zone);
  });

  it('status and doctor find the whole zone well', async () => {
    const { code, json: status } = await spawned(zone.config, ['status']);
    expect(code).to.equal(0);
    const doctor = await fine('doctor');
    expect(status.healthy).to.equal(true);
    const apps = status.nodes.flatMap((it: { apps: { name: string }[] }) => it.apps.map(({ name }) => name));
    expect(apps).to.include.members(['callflow', 'cdr', 'crossbar', 'ecallmgr', 'registrar', 'trunkstore']);
    expect(status.media_servers[0]).to.include({ connected: true, paused: false });
    expect(status.brokers[0]).to.include({ up: true });
    expect(status.databases[0]).to.include({ up: true });
    expect(doctor.healthy).to.equal(true);
    const checked = doctor.findings.map(({ check }: { check: string }) => check);
    expect(checked).to.include.members([
      'broker',
      'database',
      'edge',
      'REST API',
      'apps',
      'media servers',
      'views',
    ]);
  });

  it('shows a call, tells its story, logs it in detail, and ends it', async () => {
    await use.callee(await account.extension('700'), 'answer-and-end', { ms: 20_000 });
    const caller = await account.device();
    // How it ends for the caller is looked at elsewhere.
    call(caller, '700', 'call-ended').catch(() => undefined);
    const legs = await eventually(async () => {
      const found = await fine('calls', '--account', account.realm);
      expect(found.filter((it: { answered: boolean }) => it.answered)).to.have.length(2);
      return found as { uuid: string; direction: string }[];
    });
    const id = legs.find(({ direction }) => direction === 'inbound')?.uuid ?? '';
    const story = await fine('call', id, '--legs');
    const told = story.lines.map(({ way, what }: { way: string; what: string }) => `${way} ${what}`);
    expect(told).to.include.members([
      'sent CHANNEL_CREATE',
      'sent route_req',
      'answer route_resp',
      'sent route_win',
      'got bridge',
      'sent CHANNEL_ANSWER',
      'sent CHANNEL_BRIDGE',
    ]);
    expect(story).to.deep.include({ call: id, ended: false, dropped: 0 });
    expect(await fine('log', 'level', 'debug', '--call', id, '--for', '1m')).to.include({ seconds: 60 });
    expect((await fine('calls', 'hangup', '--account', account.realm)).refused).to.deep.equal([]);
    await eventually(async () => expect((await fine('call', id)).ended).to.equal(true));
    const log = zone
      .log()
      .split('\n')
      .filter((line) => line.includes(id));
    expect(log.some((line) => line.includes('"level":"debug"'))).to.equal(true);
    await fine('log', 'level', 'reset');
    expect(await mirliton('calls', 'hangup', id)).to.deep.include({ code: 1 });
  });

  it('lists registrations and forgets them', async () => {
    const phone = await account.extension('701');
    await use.callee(phone, 'ring');
    const listed = (): Promise<{ Username: string }[]> => fine('registrations', '--realm', account.realm);
    await eventually(async () =>
      expect((await listed()).map(({ Username }) => Username)).to.include(phone.username),
    );
    await fine('registrations', '--realm', account.realm, '--user', phone.username, '--flush');
    await eventually(async () =>
      expect((await listed()).map(({ Username }) => Username)).not.to.include(phone.username),
    );
  });

  it('pauses a media server and lets it go on; a name that nobody knows is said', async () => {
    const [{ name }] = await fine('fs', 'list');
    await fine('fs', 'pause', name);
    // The only one: the edge finds no media server, so calls suffer and the exit code says so.
    const { json } = await mirliton('doctor');
    expect(json.findings.find(({ what }: { what: string }) => what.includes(name))).to.deep.include({
      state: 'warning',
      advice: `mirliton fs resume ${name}`,
    });
    await fine('fs', 'resume', name);
    expect((await fine('fs', 'list'))[0]).to.include({ paused: false });
    const unknown = await mirliton('fs', 'pause', 'nobody');
    expect(unknown.code).to.equal(1);
    expect(unknown.stderr).to.include('nobody').and.to.include(name);
  });

  it('sets, reads and takes away a setting; what nobody reads or cannot be is wrong use', async () => {
    const path = ['callflow', 'max_branch_count'];
    await fine('config', 'set', ...path, '41');
    expect(await fine('config', 'get', ...path)).to.include({ value: 41, from: 'default' });
    await fine('config', 'unset', ...path);
    const wrong = await Promise.all([
      mirliton('config', 'get', ...path),
      mirliton('config', 'set', ...path, 'many'),
      mirliton('config', 'set', 'callflow', 'max_branches', '3'),
      mirliton('config', 'set', 'callflow'),
      mirliton('nonsense'),
      mirliton('calls', '--longer', 'soon'),
    ]);
    expect(wrong.map(({ code }) => code)).to.deep.equal([1, 2, 2, 2, 2, 2]);
    expect(wrong[1]?.json.error.message).to.include('must be a number');
    expect(wrong[2]?.stderr).to.include('max_branch_count');
  });

  it('lists, shows and drops dead letters', async () => {
    const { settings } = zone.facts;
    const broker = await connect(settings.bus.urls[0] ?? '');
    const channel = await broker.createConfirmChannel();
    const headers = { 'x-attempts': 6, 'x-error-code': 'datastore_fault', 'x-error-message': 'why' };
    const options = { messageId: 'dead-1', headers, persistent: true };
    channel.sendToQueue('cdr_listener.dead', Buffer.from('{"a":1}'), options);
    await channel.waitForConfirms();
    await broker.close();
    const [letter] = (await fine('dead-letters', 'list')).filter(
      ({ messageId }: { messageId: string }) => messageId === 'dead-1',
    );
    expect(letter).to.include({ queue: 'cdr_listener', attempts: 6, code: 'datastore_fault', reason: 'why' });
    expect(await fine('dead-letters', 'show', 'cdr_listener', 'dead-1')).to.deep.include({ body: { a: 1 } });
    expect(await fine('dead-letters', 'drop', 'cdr_listener', 'dead-1')).to.include({ count: 1 });
    expect((await mirliton('dead-letters', 'drop', 'cdr_listener', 'dead-1')).code).to.equal(1);
  });

  it('makes, finds and disables accounts; sees its numbers, views and prompts', async () => {
    const realm = `cli.${account.realm}`;
    const made = await fine('accounts', 'create', `cli ${account.realm}`, realm, 'boss');
    expect(made.master).to.equal(false);
    expect(await fine('accounts', 'show', realm)).to.include({ id: made.id, enabled: true });
    expect(await fine('accounts', 'disable', realm)).to.include({ enabled: false });
    await fine('accounts', 'move', realm, account.realm);
    const { below } = await fine('accounts', 'show', realm);
    expect(below.slice(-1)).to.deep.equal([account.realm.split('.')[0]]);
    expect((await mirliton('accounts', 'move', account.realm, realm)).code).to.equal(2);
    expect(await fine('views', 'refresh', '--account', realm)).to.include({ databases: 1 });
    const again = await mirliton('accounts', 'create', 'other', realm, 'boss');
    expect(again.code).to.equal(2);
    expect(again.stderr).to.include('realm');
    const [number, numbers, views, media] = await Promise.all([
      fine('numbers', 'lookup', '+14155550199'),
      fine('numbers', 'reconcile'),
      fine('views', 'refresh'),
      fine('media', 'import'),
    ]);
    expect(number).to.include({ number: '+14155550199', class: 'did_us', not_ours: 'unknown number' });
    expect(numbers).to.deep.equal([]);
    expect(views).to.deep.include({ refreshed: [], failed: [] });
    expect(media).to.include({ written: 0 });
  });

  describe('when parts are down', () => {
    let folder: string;
    let config: string;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'mirliton-cli-'));
      config = join(folder, 'mirliton.json');
      const [bus, rest, sip] = (await freePorts(3)) as [number, number, number];
      const { store } = zone.facts.settings;
      // The database of the zone, and nobody at all the other addresses.
      const broker = { urls: [`amqp://127.0.0.1:${bus}`] };
      const settings = {
        data: join(folder, 'var'),
        bus: broker,
        store,
        rest: { port: rest },
        sip: { port: sip },
      };
      writeFileSync(config, JSON.stringify(settings));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));
    const lost = (...words: string[]): Promise<Ran> => inside(config, words);

    it('without a broker a command ends with 3 and names it; doctor names all that is down', async () => {
      const [calls, status, doctor, accounts] = await Promise.all([
        lost('calls'),
        lost('status'),
        spawned(config, ['doctor']),
        lost('accounts', 'list'),
      ]);
      expect(calls.code).to.equal(3);
      expect(calls.json.error.code).to.equal('bus_unreachable');
      expect(calls.stderr).to.match(/broker does not answer.*127\.0\.0\.1/);
      expect(status.code).to.equal(3);
      expect(doctor.code).to.equal(1);
      const failed = doctor.json.findings.filter(({ state }: { state: string }) => state === 'failed');
      const names = failed.map(({ check }: { check: string }) => check);
      expect(names).to.include.members(['broker', 'edge', 'REST API', 'apps', 'media servers']);
      for (const { advice } of failed) expect(advice).to.be.a('string').and.not.to.equal('');
      // What needs the database alone still works.
      expect(accounts.code).to.equal(0);
    });

    it('without a zone and without addresses it says what to do', async () => {
      const empty = join(folder, 'empty.json');
      writeFileSync(empty, JSON.stringify({ data: join(folder, 'nothing') }));
      const { code, stderr } = await spawned(empty, ['calls']);
      expect(code).to.equal(3);
      expect(stderr).to.include('npm start').and.to.include('--config');
    });
  });
});
