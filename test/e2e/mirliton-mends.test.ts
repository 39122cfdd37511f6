// The `mirliton` command puts right what has gone wrong in a zone: calls, dead letters, sounds, numbers.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { expect } from 'chai';
import { accountDatabase, gregorian, numberDatabase } from '../../core/couch/names.ts';
import { newAccount, type TestAccount } from './account.ts';
import { inside, fine as runFine } from './cli.ts';
import { eventually } from './eventually.ts';
import { call, fixtures } from './fixtures.ts';
import { sharedZone } from './shared.ts';
import { writeTone } from './sound.ts';
import type { Zone } from './zone.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents of any shape
type Doc = Record<string, any>;

describe('the mirliton command mends', function () {
  this.timeout(90_000);
  const use = fixtures();
  let zone: Zone;
  let account: TestAccount;
  let folder: string;
  const mirliton = (...words: string[]) => inside(zone.config, words);
  const fine = (...words: string[]) => runFine(zone.config, ...words);
  before(async () => {
    zone = await sharedZone();
    folder = mkdtempSync(join(tmpdir(), 'mirliton-mends-'));
  });
  beforeEach(async () => {
    account = await newAccount(zone);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('fs sync: every ecallmgr compares its calls with the switch, and a call that goes on is left alone', async () => {
    await use.callee(await account.extension('710'), 'answer-and-end', { ms: 60_000 });
    // How it ends for the caller is looked at elsewhere.
    call(await account.device(), '710', 'call-ended').catch(() => undefined);
    await eventually(async () => expect(await fine('calls', '--account', account.realm)).to.have.length(2));
    // On a busy machine not every ecallmgr answers in time.
    const rows = await eventually(() => fine('fs', 'sync'), 30);
    expect(rows).to.have.length((await fine('fs', 'list')).length);
    const [{ name }] = await fine('fs', 'list');
    const [row] = await fine('fs', 'sync', name);
    expect(row.switches).to.equal(name);
    expect(row.channels).to.be.at.least(2);
    expect(row.failures).to.deep.equal([]);
    expect(await fine('calls', '--account', account.realm)).to.have.length(2);
    await fine('calls', 'hangup', '--account', account.realm);
    await eventually(async () => expect(await account.rest.get('cdrs')).to.have.length(2));
    expect((await mirliton('fs', 'sync', 'nobody')).code).to.equal(1);
    expect((await mirliton('fs', 'sync', '--timeout', 'soon')).code).to.equal(2);
  });

  it('dead-letters replay: a record that could not be stored is stored after all', async () => {
    const report = {
      'Event-Category': 'cdr',
      'Event-Name': 'report',
      'App-Name': 'ecallmgr',
      'App-Version': '1',
      'Msg-ID': `dead-${account.id}`,
      Node: 'ecallmgr@test',
      'Account-ID': account.id,
      'Call-ID': 'replayed@test',
      Timestamp: gregorian(),
      'Hangup-Cause': 'NORMAL_CLEARING',
    };
    const broker = await connect(zone.facts.settings.bus.urls[0] ?? '');
    const channel = await broker.createConfirmChannel();
    for (const messageId of [report['Msg-ID'], `kept-${account.id}`])
      channel.sendToQueue('cdr_listener.dead', Buffer.from(JSON.stringify(report)), {
        messageId,
        headers: { 'x-attempts': 6, 'x-error-code': 'datastore_fault', 'x-error-message': 'why' },
        persistent: true,
      });
    await channel.waitForConfirms();
    await broker.close();
    expect((await mirliton('dead-letters', 'replay', 'cdr_listener')).code, 'which?').to.equal(2);
    const replayed = await fine('dead-letters', 'replay', 'cdr_listener', report['Msg-ID']);
    expect(replayed).to.include({ queue: 'cdr_listener', count: 1 });
    await eventually(async () => {
      const rows: { call_id: string }[] = await account.rest.get('cdrs');
      expect(rows.map(({ call_id }) => call_id)).to.include('replayed@test');
    });
    const left: { messageId: string }[] = await fine('dead-letters', 'list', 'cdr_listener');
    expect(left.map(({ messageId }) => messageId)).to.deep.equal([`kept-${account.id}`]);
    expect(await fine('dead-letters', 'drop', 'cdr_listener', '--all')).to.include({ count: 1 });
  });

  it('media import: files become media of an account, folders of languages become prompts, and what cannot be is named', async () => {
    mkdirSync(join(folder, 'fr-fr'));
    const [file, prompt] = [join(folder, 'hold-cli.wav'), join(folder, 'fr-fr', 'cli-hello.wav')];
    writeTone(file, 950, 2);
    writeTone(prompt, 700, 1);
    const imported = await fine('media', 'import', file, '--account', account.realm);
    expect(imported).to.deep.include({ written: 1, failed: [] });
    await fine('media', 'import', file, '--account', account.realm);
    const media: { id: string; name: string }[] = await account.rest.get('media');
    expect(media.map(({ name }) => name)).to.deep.equal(['hold-cli']);
    const { id = '' } = media[0] ?? {};
    const own = await couch('GET', accountDatabase(account.id), id);
    expect(own['_attachments']['hold-cli.wav'].length).to.equal(readFileSync(file).length);
    expect(await fine('media', 'import', join(folder, 'fr-fr'))).to.deep.include({ written: 1, failed: [] });
    const stored = await couch('GET', 'system_media', 'fr-fr%252Fcli-hello');
    expect(stored).to.deep.include({ language: 'fr-fr', prompt_id: 'cli-hello', pvt_source: 'operator' });
    expect(stored['_attachments']['cli-hello.wav'].length).to.equal(readFileSync(prompt).length);
    const none = await mirliton('media', 'import', join(folder, 'nowhere'));
    expect(none.code).to.equal(1);
    expect(none.stderr).to.include('nowhere');
  });

  it('numbers reconcile --fix: copies that are lost are written, numbers of nobody go back to the pool', async () => {
    const [lost, orphan] = ['+14155550177', '+14155550178'];
    for (const number of [lost, orphan])
      await account.rest.put(`phone_numbers/${encodeURIComponent(number)}`, {
        create_with_state: 'in_service',
      });
    const [own, numbers] = [accountDatabase(account.id), numberDatabase(lost)];
    const copy = await couch('GET', own, lost);
    await couch('DELETE', own, lost, undefined, copy['_rev']);
    const document = await couch('GET', numbers, orphan);
    await couch('PUT', numbers, orphan, { ...document, pvt_assigned_to: 'f'.repeat(32) });
    const seen = await mirliton('numbers', 'reconcile');
    expect(seen.code).to.equal(1);
    const problems = (rows: { number: string; problem: string; mended: boolean }[]) =>
      rows.map(({ number, problem, mended }) => [number, problem, mended]);
    const expected = (mended: boolean) => [
      [lost, 'the account has no copy of it', mended],
      [orphan, 'its account does not exist', mended],
    ];
    expect(problems(seen.json)).to.deep.equal(expected(false));
    expect(problems(await fine('numbers', 'reconcile', '--fix'))).to.deep.equal(expected(true));
    expect(await couch('GET', own, lost)).to.include({ pvt_state: 'in_service' });
    expect(await couch('GET', numbers, orphan)).to.include({ pvt_state: 'available' });
    expect(await fine('numbers', 'reconcile')).to.deep.equal([]);
  });

  it('carriers list: says which there are, the cheapest first', async () => {
    const gateways = [{ server: '192.0.2.1' }, { server: '192.0.2.2', enabled: false }];
    const common = { gateways, rules: ['^\\+1(\\d{10})$'] };
    const dear = await account.create('resources', { ...common, name: 'dear', weight_cost: 80 });
    const cheap = await account.create('resources', {
      ...common,
      name: 'cheap',
      weight_cost: 10,
      enabled: false,
    });
    const rows = await fine('carriers', 'list', '--account', account.realm);
    expect(rows.map(({ id, enabled }: { id: string; enabled: boolean }) => [id, enabled])).to.deep.equal([
      [cheap, false],
      [dear, true],
    ]);
    expect(rows[0].gateways).to.deep.equal([
      { address: '192.0.2.1:5060', enabled: true },
      { address: '192.0.2.2:5060', enabled: false },
    ]);
  });

  /** The database itself, behind the back of the zone. */
  async function couch(
    method: string,
    database: string,
    id: string,
    body?: object,
    rev?: string,
  ): Promise<Doc> {
    const { urls, user, password } = zone.facts.settings.store;
    const path = [database, decodeURIComponent(id)].map(encodeURIComponent).join('/');
    const answer = await fetch(`${urls[0]}/${path}${rev === undefined ? '' : `?rev=${rev}`}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const json = (await answer.json()) as Doc;
    expect(answer.ok, `${method} ${path}: ${JSON.stringify(json)}`).to.equal(true);
    return json;
  }
});
