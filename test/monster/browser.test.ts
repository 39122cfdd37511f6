// An unmodified Monster UI against a whole zone, in a real browser. `MIRLITON_MONSTER_UI=<folder of a build>` runs it:
// `MIRLITON_MONSTER_UI=… npx mocha --no-config --node-option import=tsx test/monster/browser.test.ts`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { accountOf } from '../e2e/account.ts';
import { eventually } from '../e2e/eventually.ts';
import { call } from '../e2e/fixtures.ts';
import type { Zone } from '../e2e/zone.ts';
import { refused } from './absent.ts';
import type { Ui } from './page.ts';
import { type Started, startMonster } from './start.ts';

describe('Monster UI', function () {
  this.timeout(120_000);
  let zone: Zone;
  let ui: Ui;
  let started: Started;
  let apps: string | undefined;
  /** What the page was told over its websockets. */
  const frames: string[] = [];

  before(async function () {
    apps = mkdtempSync(join(tmpdir(), 'mirliton-apps-'));
    writeApp(apps);
    const monster = await startMonster(apps);
    if (typeof monster === 'string') {
      console.log(`    ${monster}: not run`);
      return this.skip();
    }
    started = monster;
    ({ zone, ui } = monster);
    ui.page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    );
  });
  after(async () => {
    await started?.stop();
    if (apps !== undefined) rmSync(apps, { recursive: true });
  });

  it('boots and shows its login to who has no token', () => {
    expect(ui.exchanges.map(({ path }) => path)).to.include.members([
      'whitelabel/127.0.0.1',
      'whitelabel/127.0.0.1/logo',
      'whitelabel/127.0.0.1/icon',
    ]);
  });

  it('logs in and opens the app exchange', async () => {
    await ui.logIn(zone.facts.login);
    await ui.page.waitForSelector('#appstore_container .app-element', { state: 'attached' });
    expect(await ui.page.textContent('#appstore_container .app-element')).to.include('The phones');
  });

  it('installs an app for all users, and reads the settings of the account', async () => {
    const [{ id: appId }] = await ui.ask('appsStore.list');
    await ui.ask('appsStore.add', { appId, data: { allowed_users: 'all', users: [] } });
    const [row] = await ui.ask('appsStore.list');
    expect(row).to.include({ name: 'phones', allowed_users: 'all' });
    expect(await ui.ask('accessLists.get')).to.deep.equal({});
    expect(await ui.ask('limits.get')).to.be.an('object');
  });

  it('makes, changes and lists what a customer needs', async () => {
    const child = await ui.ask('account.create', {
      data: { name: 'Corner shop', realm: 'corner.mirliton.test' },
    });
    const accountId = child.id;
    const person = { first_name: 'Eve', last_name: 'Shop', username: 'eve', password: 'Wonder-land-1' };
    const user = await ui.ask('user.create', { accountId, data: person });
    const changed = await ui.ask('user.update', {
      accountId,
      userId: user.id,
      data: { ...user, timezone: 'Europe/Berlin' },
    });
    expect(changed).to.include({ timezone: 'Europe/Berlin', first_name: 'Eve' });
    const sip = { username: 'shop1', password: 'secret-of-shop' };
    const device = await ui.ask('device.create', {
      accountId,
      data: { name: 'Counter', owner_id: user.id, device_type: 'softphone', sip },
    });
    const flow = { module: 'user', data: { id: user.id, timeout: 20 }, children: {} };
    const callflow = await ui.ask('callflow.create', {
      accountId,
      data: { name: 'Shop', numbers: ['1001'], flow },
    });
    const patched = await ui.ask('callflow.patch', {
      accountId,
      callflowId: callflow.id,
      data: { numbers: ['1001', '1002'] },
    });
    expect(patched.numbers).to.deep.equal(['1001', '1002']);
    const read = await ui.ask('callflow.get', { accountId, callflowId: callflow.id });
    expect(read.metadata[user.id].first_name).to.equal('Eve');
    const listed = await ui.ask('device.list', { accountId });
    expect(listed.map(({ id }: { id: string }) => id)).to.deep.equal([device.id]);
    expect(await ui.ask('device.getStatus', { accountId })).to.deep.equal([]);
    await ui.ask('device.delete', { accountId, deviceId: device.id });
    expect(await ui.ask('device.list', { accountId })).to.deep.equal([]);
    const children = await ui.ask('account.listChildren');
    expect(children.map(({ name }: { name: string }) => name)).to.include('Corner shop');
  });

  it('hears over its websocket what is made', async () => {
    await ui.page.waitForFunction('window.monster.socket.getInfo().isConnected');
    const binding = 'object.doc_created.menu';
    await ui.page.evaluate(`window.heard = [];
      window.monster.socket.bind({
        accountId: window.monster.apps.auth.accountId,
        binding: '${binding}',
        source: 'test',
        callback: (event) => window.heard.push(event),
      })`);
    await eventually(async () =>
      expect(frames.some((frame) => frame.includes(`"subscribed":["${binding}"]`))).to.equal(true),
    );
    const { id } = await ui.ask('menu.create', { data: { name: 'Heard' } });
    await ui.page.waitForFunction(`window.heard.some((event) => event.id === '${id}')`);
  });

  it('shows a call that was made in the call log', async () => {
    const account = accountOf(zone.rest, zone.facts.account.realm, zone.facts.phones[0]?.proxy ?? '');
    await call(await account.device(), zone.facts.dial.echo);
    await eventually(async () => {
      const [row] = await ui.ask('cdrs.list');
      expect(row).to.include({ to: `${zone.facts.dial.echo}@${zone.facts.account.realm}` });
    });
  });

  it('was told what the contract says', () => {
    expect(refused(ui.exchanges)).to.deep.equal([]);
    expect(ui.exchanges.length).to.be.above(20);
  });
});

/** An app as those of Monster UI describe themselves. */
function writeApp(folder: string): void {
  const metadata = join(folder, 'phones', 'metadata');
  mkdirSync(join(metadata, 'icon'), { recursive: true });
  writeFileSync(join(metadata, 'icon', 'phones.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
  const i18n = { 'en-US': { label: 'The phones', description: 'Every phone', features: [] } };
  const app = {
    name: 'phones',
    i18n,
    author: 'Us',
    license: '-',
    price: 0,
    version: '1',
    icon: 'phones.png',
    tags: ['reseller'],
  };
  writeFileSync(join(metadata, 'app.json'), JSON.stringify(app));
}
