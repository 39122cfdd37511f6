// cdr: a report becomes one document of its month, however often it arrives; the store being away loses nothing.
import { expect } from 'chai';
import type { AppContext } from '../../core/app/index.ts';
import { gregorian, monthDatabase } from '../../core/couch/index.ts';
import { cdrReport } from '../../core/messages/cdr.ts';
import { fakeBus, fakeMetrics, memoryStore, silentLog } from '../../core/testing/index.ts';
import { cdr } from './app.ts';

const accountId = 'a'.repeat(32);
const ended = new Date('2026-03-31T23:59:59Z');
const report = {
  'Account-ID': accountId,
  'Call-ID': 'call-1@phone',
  Timestamp: gregorian(ended),
  'Caller-ID-Number': '1001',
  'Duration-Seconds': 12,
  'Custom-Channel-Vars': { 'Owner-ID': 'u1', 'Call-Interaction-ID': '63900000000-abcd' },
};

/** The app over a store and a bus in memory, fed with these reports. */
async function fed(...reports: (typeof report)[]) {
  const bus = fakeBus({ node: 'cdr@test' });
  const store = memoryStore();
  const app = await cdr.start({
    bus,
    store,
    metrics: fakeMetrics(),
    log: silentLog(),
  } as unknown as AppContext);
  for (const it of reports) {
    await bus.publish(cdrReport, it, { durable: true });
    await bus.settled();
  }
  await app.stop();
  await bus.close();
  return store;
}

describe('cdr', () => {
  it('knows a leg whose end was made up when the month was over', async () => {
    const late = new Date('2026-04-01T00:00:04Z');
    const guess = { ...report, Timestamp: gregorian(late), 'Hangup-Cause': 'RECOVERY_ON_TIMER_EXPIRE' };
    const april = monthDatabase(accountId, late);
    const twice = await fed(report, guess);
    expect(await twice.database(monthDatabase(accountId, ended)).find('202603-call-1@phone')).to.not.equal(
      undefined,
    );
    expect(await twice.database(april).find('202604-call-1@phone')).to.equal(undefined);
    const once = await fed(guess);
    expect(await once.database(april).find('202604-call-1@phone')).to.not.equal(undefined);
  });

  it('writes each leg once, in the month in which it ended', async () => {
    const bus = fakeBus({ node: 'cdr@test' });
    const store = memoryStore();
    const app = await cdr.start({
      bus,
      store,
      metrics: fakeMetrics(),
      log: silentLog(),
    } as unknown as AppContext);
    await bus.publish(cdrReport, report, { durable: true });
    await bus.publish(cdrReport, report, { durable: true });
    await bus.settled();
    const database = store.database(monthDatabase(accountId, ended));
    expect(database.name).to.match(/-202603$/);
    const stored = await database.get('202603-call-1@phone');
    expect(stored).to.include({
      pvt_type: 'cdr',
      call_id: 'call-1@phone',
      caller_id_number: '1001',
      duration_seconds: 12,
      interaction_id: '63900000000-abcd',
      interaction_time: 63_900_000_000,
      interaction_key: 'abcd',
      pvt_created: gregorian(ended),
    });
    expect(stored['custom_channel_vars']).to.deep.equal({
      owner_id: 'u1',
      call_interaction_id: '63900000000-abcd',
    });
    expect((await database.view('cdrs', 'crossbar_listing')).length).to.equal(1);
    await bus.publish(
      cdrReport,
      { ...report, 'Account-ID': 'anonymous', 'Call-ID': 'nobody' },
      { durable: true },
    );
    await bus.settled();
    expect(await store.database('anonymous_cdrs').get('202603-nobody')).to.include({
      pvt_type: 'cdr',
      call_id: 'nobody',
    });
    await app.stop();
    await bus.close();
  });
});
