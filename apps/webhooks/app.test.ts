// webhooks: who is told of what, in which form, how often it is tried, and when it is given up.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { createActorSystem } from '../../core/actors/index.ts';
import type { AppContext, RunningApp } from '../../core/app/index.ts';
import { loadSettings, systemConfig } from '../../core/config/index.ts';
import { accountDatabase, monthDatabase, type Store, type StoredDocument } from '../../core/couch/index.ts';
import { callEvent } from '../../core/messages/call.ts';
import { docEdited } from '../../core/messages/configuration.ts';
import { inboundSms } from '../../core/messages/im.ts';
import { passwordRecovery, voicemailFull, webhookTold } from '../../core/messages/notification.ts';
import { type FakeBus, fakeBus, fakeMetrics, memoryStore, silentLog } from '../../core/testing/index.ts';
import { outsider } from '../../core/testing/outsider.ts';
import { webhooks } from './app.ts';
import { webhookDefaults } from './settings.ts';

const legHooks = ['channel_create', 'channel_answer', 'channel_bridge', 'channel_destroy'];
const parent = 'a'.repeat(32);
const child = 'b'.repeat(32);
const stranger = 'c'.repeat(32);

describe('webhooks', () => {
  let bus: FakeBus;
  let store: Store;
  let app: RunningApp;
  let context: AppContext;
  let target: Awaited<ReturnType<typeof outsider>>;

  beforeEach(async () => {
    bus = fakeBus({ node: 'webhooks@test' });
    store = memoryStore();
    const log = silentLog();
    const metrics = fakeMetrics();
    await store.ensure('system_config', 'system_config');
    await store.ensure('accounts', 'accounts');
    for (const [id, tree] of [
      [parent, []],
      [child, [parent]],
      [stranger, []],
    ] as const)
      await store.database('accounts').save({
        _id: id,
        pvt_type: 'account',
        pvt_tree: [...tree],
        pvt_reseller_id: parent,
        name: id,
      } as StoredDocument);
    context = {
      node: 'webhooks@test',
      settings: loadSettings(),
      systemConfig: systemConfig(store, { zone: 'local', node: 'webhooks@test' }),
      bus,
      store,
      actors: createActorSystem({ name: 'webhooks', log, metrics }),
      metrics,
      log,
    };
    await context.systemConfig.set('webhooks', 'retry_delay_ms', 1);
    app = await webhooks.start(context);
    target = await outsider();
  });
  afterEach(async () => {
    await app.stop();
    await target.stop();
    await bus.close();
  });

  let made = 0;
  const hook = async (more: object, account = child): Promise<string> => {
    const { _id } = await store.database('webhooks').save({
      _id: String(++made).padStart(32, '0'),
      pvt_type: 'webhook',
      pvt_account_id: account,
      name: 'a hook',
      hook: 'channel_create',
      uri: `${target.url}/told`,
      format: 'json',
      ...more,
    } as StoredDocument);
    await heard();
    return _id;
  };
  /** Resolves when the events of legs are heard that the hooks of now want, and no others. */
  const heard = async (): Promise<void> => {
    const rows = await store.database('webhooks').view('webhooks', 'hook_listing');
    const names = new Set(rows.map(({ key }) => key));
    const wanted = legHooks.filter((name) => names.has('all') || names.has(name));
    while (!isDeepStrictEqual(app.info?.()['hears'], wanted)) await nextTurn();
  };
  const leg = (event: 'CHANNEL_CREATE' | 'CHANNEL_DESTROY', account = child, more: object = {}) =>
    bus.publish(callEvent, {
      'Event-Name': event,
      'Call-ID': 'call-1',
      'Call-Direction': 'inbound',
      'Caller-ID-Number': '1001',
      Timestamp: 63_900_000_000,
      'Custom-Channel-Vars': { 'Account-ID': account, 'Owner-ID': 'u1' },
      ...more,
    });
  const attempts = async (account = child) =>
    (
      await store
        .database(monthDatabase(account, new Date()))
        .view('webhooks', 'attempts_by_time_listing', { includeDocs: true })
        .catch(() => [])
    ).map(({ doc }) => doc as Record<string, unknown>);
  const bodies = () => target.heard.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  it('tells of a leg what Kazoo tells, with what the hook adds', async () => {
    await hook({ hook: 'all', custom_data: { key: 'of mine', type: 'not sent' } });
    await leg('CHANNEL_DESTROY', child, { 'Hangup-Cause': 'NORMAL_CLEARING', 'Duration-Seconds': 12 });
    await bus.settled();
    expect(bodies()[0]).to.include({
      hook_event: 'channel_destroy',
      account_id: child,
      reseller_id: parent,
      call_id: 'call-1',
      call_direction: 'inbound',
      caller_id_number: '1001',
      owner_id: 'u1',
      is_internal_leg: false,
      local_resource_used: true,
      timestamp: 63_900_000_000,
      hangup_cause: 'NORMAL_CLEARING',
      duration_seconds: 12,
      key: 'of mine',
    });
    expect(bodies()[0]).to.not.have.property('type');
    expect(target.heard[0]?.headers).to.include({
      'x-account-id': child,
      'content-type': 'application/json',
    });
    const [attempt] = await attempts();
    expect(attempt).to.include({ result: 'success', resp_status_code: '200', method: 'post' });
    expect(attempt?.['_id']).to.match(/^\d{6}-[0-9a-f]{32}$/);
  });

  it('sends a form, or a query', async () => {
    await hook({ format: 'form-data', http_verb: 'put' });
    await hook({ http_verb: 'get', uri: `${target.url}/asked?a=1` });
    await leg('CHANNEL_CREATE');
    await bus.settled();
    const put = target.heard.find(({ method }) => method === 'PUT');
    expect(put?.headers['content-type']).to.equal('application/x-www-form-urlencoded');
    const form = new URLSearchParams(put?.body);
    expect([form.get('call_id'), form.get('custom_channel_vars[account_id]')]).to.deep.equal([
      'call-1',
      child,
    ]);
    const got = target.heard.find(({ method }) => method === 'GET');
    expect(got?.path).to.match(/^\/asked\?a=1&hook_event=channel_create&/);
  });

  it('tells the account itself, and those above that ask for it', async () => {
    await hook({ name: 'deaf' }, parent);
    await hook({ custom_data: { who: 'parent' }, include_subaccounts: true }, parent);
    await hook({ custom_data: { who: 'stranger' }, include_subaccounts: true }, stranger);
    await hook({ custom_data: { who: 'child' } });
    await hook({ enabled: false });
    await hook({ hook: 'channel_answer' });
    await leg('CHANNEL_CREATE');
    await bus.settled();
    expect(
      bodies()
        .map(({ who }) => who)
        .sort(),
    ).to.deep.equal(['child', 'parent']);
  });

  it('leaves out legs inside of a switch where it is asked to', async () => {
    await hook({ include_internal_legs: false });
    await leg('CHANNEL_CREATE', child, { 'Channel-Is-Loopback': true });
    await bus.settled();
    expect(target.heard).to.deep.equal([]);
    await hook({});
    await leg('CHANNEL_CREATE', child, { 'Channel-Is-Loopback': true });
    await bus.settled();
    expect(bodies().map(({ is_internal_leg }) => is_internal_leg)).to.deep.equal([true]);
  });

  it('tells of documents, of the types and actions that are chosen, and never of its own traces', async () => {
    await hook({ hook: 'object', custom_data: { type: 'user', action: 'all' } });
    await hook({ hook: 'all' });
    const database = encodeURIComponent(accountDatabase(child));
    for (const Type of ['user', 'device', 'webhook_attempt'])
      await bus.publish(docEdited, { ID: Type, Database: database, Type });
    await bus.settled();
    expect(
      bodies()
        .map(({ id }) => id)
        .sort(),
    ).to.deep.equal(['device', 'user', 'user']);
    expect(bodies()[0]).to.deep.include({ account_id: child, action: 'doc_edited' });
  });

  it('tells of parking, notifications and short messages; never what lets somebody in', async () => {
    await hook({ hook: 'all' });
    const vars = { 'Custom-Channel-Vars': { 'Account-ID': child } };
    await bus.publish(callEvent, {
      'Event-Name': 'PARK_PARKED',
      'Call-ID': 'c',
      'Parking-Slot': '7',
      'Caller-ID-Number': '1001',
      ...vars,
    });
    await bus.publish(voicemailFull, { 'Account-ID': child, 'Voicemail-Box': 'v', 'Message-Count': 9 });
    await bus.publish(passwordRecovery, {
      'Account-ID': child,
      Email: 'e',
      'Password-Reset-Link': 'https://in',
    });
    await bus.publish(inboundSms, { 'Message-ID': 'm', Body: 'hi', From: '1', To: '2', 'Account-ID': child });
    await bus.settled();
    const [parked, full, link, text] = ['event_name', 'voicemail_box', 'email', 'body'].map((key) =>
      bodies().find((body) => key in body),
    );
    expect(parked).to.deep.equal({
      event_name: 'PARK_PARKED',
      call_id: 'c',
      account_id: child,
      caller_id_Number: '1001',
      parking_slot: '7',
    });
    expect(full).to.include({ event_name: 'voicemail_full', message_count: 9 });
    expect(link?.['password_reset_link']).to.equal('[redacted]');
    expect(text).to.include({ id: 'm', body: 'hi', type: 'sms' });
  });

  it('tells the hook of a callflow, which no document declares', async () => {
    const Hook = {
      _id: '1',
      uri: `${target.url}/flow`,
      http_verb: 'post',
      retries: 1,
      pvt_account_id: child,
    };
    await bus.publish(webhookTold, { Hook, Data: { 'Call-ID': 'c' } });
    await bus.publish(webhookTold, { Hook: { uri: 'x' }, Data: {} });
    await bus.settled();
    expect(target.heard.map(({ path, body }) => [path, body])).to.deep.equal([['/flow', 'call_id=c']]);
  });

  it('tries again what may recover, and notes every attempt', async () => {
    await hook({ retries: 2 });
    target.answers.push({ status: 500 }, { status: 503 }, { status: 201 });
    await leg('CHANNEL_CREATE');
    await bus.settled();
    const noted = (await attempts()).map(({ result, retries_left, event_id }) => ({
      result,
      retries_left,
      event_id,
    }));
    expect(noted.map(({ result }) => result).sort()).to.deep.equal(['failure', 'failure', 'success']);
    expect(new Set(noted.map(({ event_id }) => event_id)).size).to.equal(1);
    target.answers.push({ status: 404, body: 'none' });
    await leg('CHANNEL_CREATE');
    await bus.settled();
    // Whoever says that there is nothing will say so again.
    expect(target.heard).to.have.length(4);
    expect((await attempts()).find((it) => it['resp_status_code'] === '404')).to.include({
      reason: 'bad response code',
      retries_left: 'retries exceeded',
      resp_body: 'none',
    });
  });

  it('turns off a hook that fails too often, and says so', async () => {
    const id = await hook({ retries: 4 });
    target.answers.push(...Array.from({ length: 20 }, () => ({ status: 500 })));
    await leg('CHANNEL_CREATE');
    await leg('CHANNEL_CREATE');
    await leg('CHANNEL_CREATE');
    await bus.settled();
    expect(await store.database('webhooks').get(id)).to.include({
      enabled: false,
      pvt_disabled_message: 'too many failed attempts',
    });
    expect(bus.named('webhook_disabled').map((it) => it['Hook-ID'])).to.deep.equal([id]);
    const tried = target.heard.length;
    expect(tried).to.be.within(
      webhookDefaults.attempt_failure_count,
      webhookDefaults.attempt_failure_count + 3,
    );
    await leg('CHANNEL_CREATE');
    await bus.settled();
    expect(target.heard).to.have.length(tried);
  });

  it('says why there is no answer', async () => {
    await hook({ uri: 'http://127.0.0.1:1/', retries: 0 });
    await leg('CHANNEL_CREATE');
    await bus.settled();
    const [attempt] = await attempts();
    expect(attempt).to.include({ result: 'failure', reason: 'no answer' });
    expect(attempt?.['client_error']).to.match(/ECONNREFUSED/);
  });

  it('follows no redirect into a private network, unless that is allowed', async () => {
    await hook({ retries: 2 });
    const away = { status: 307, headers: { location: `${target.url}/inside` } };
    target.answers.push(away);
    await leg('CHANNEL_CREATE');
    await bus.settled();
    expect(target.heard).to.have.length(1);
    expect((await attempts())[0]?.['client_error']).to.match(/127\.0\.0\.1 is no public address/);
    await context.systemConfig.set('webhooks', 'private_redirects', true);
    target.answers.push(away);
    await leg('CHANNEL_CREATE');
    await bus.settled();
    expect(target.heard.map(({ path }) => path)).to.deep.equal(['/told', '/told', '/inside']);
    await context.systemConfig.set('webhooks', 'private_targets', false);
    await hook({ uri: 'http://localhost:1/', retries: 0 });
    target.heard.length = 0;
    await leg('CHANNEL_CREATE');
    await bus.settled();
    expect(target.heard).to.deep.equal([]);
    const refused = (await attempts()).map((it) => String(it['client_error']));
    expect(refused.some((it) => /localhost \(.*\) is no public address/.test(it))).to.equal(true);
  });

  it('shares the work: each event is told once, however many processes there are', async () => {
    const second = await webhooks.start({ ...context, bus: bus.peer('webhooks@other') });
    await hook({});
    for (let n = 0; n < 6; n++) await leg('CHANNEL_CREATE', child, { 'Call-ID': `call-${n}` });
    await bus.settled();
    expect(
      bodies()
        .map(({ call_id }) => call_id)
        .sort(),
    ).to.deep.equal(Array.from({ length: 6 }, (_, n) => `call-${n}`));
    await second.stop();
  });

  it('keeps no more than its bound for a hook', async () => {
    await context.systemConfig.set('webhooks', 'requests_per_hook', 1);
    await context.systemConfig.set('webhooks', 'waiting_per_hook', 2);
    await hook({});
    for (let n = 0; n < 8; n++) await leg('CHANNEL_CREATE');
    await bus.settled();
    expect(target.heard.length).to.be.within(3, 7);
    const reasons = (await attempts()).filter(({ reason }) => /more than 2 events wait/.test(String(reason)));
    expect(reasons.length).to.be.within(1, 2);
  });
});
