// Recordings of calls: both sides are on them, they end up with the account, and once.
import { expect } from 'chai';
import { newAccount, node, type TestAccount } from './account.ts';
import { eventually } from './eventually.ts';
import { fixtures } from './fixtures.ts';
import { sharedZone } from './shared.ts';
import { heardOn } from './sound.ts';
import { attachmentOfMonth, documentsOfMonth, type Stored } from './store.ts';
import type { Zone } from './zone.ts';

describe('a recorded call', function () {
  this.timeout(120_000);
  const use = fixtures();
  let zone: Zone;
  let account: TestAccount;
  before(async () => {
    zone = await sharedZone();
    account = await newAccount(zone);
  });

  it('is kept with both sides of it, the one left and the other right', async () => {
    const line = await account.device();
    const flow = node('device', { id: line.id });
    const data = { action: 'start', format: 'wav', label: 'e2e', record_sample_rate: 8000 };
    await account.callflow('700', node('record_call', data, { _: flow }));
    const a = await use.phone(await account.device(), { tone: 440 });
    const b = await use.phone(line, { tone: 620 });
    a.dial('700');
    await Promise.all([a.hears(620), b.hears(440)]);
    a.hangup();
    const [recording, ...more] = await eventually(async () => {
      const found = await documentsOfMonth(zone, account.id, 'call_recording');
      expect(found.map((it) => Object.keys((it['_attachments'] as object) ?? {}))).to.have.length(1);
      expect(found[0]?.['_attachments']).to.have.property(String(found[0]?.['name']));
      return found;
    });
    expect(more).to.deep.equal([]);
    expect(recording).to.include({ origin: 'callflow : e2e', direction: 'inbound', media_type: 'wav' });
    const { _id: id, name } = recording as Stored;
    const sound = await attachmentOfMonth(zone, account.id, id, String(name));
    expect(heardOn(sound, 0, 440), 'the caller').to.be.above(300);
    expect(heardOn(sound, 1, 620), 'the callee').to.be.above(300);
    const cdrs = await eventually(async () => {
      const found = await documentsOfMonth(zone, account.id, 'cdr');
      expect(found).to.have.length(2);
      return found;
    });
    const caller = cdrs.find((it) => it['call_id'] === recording?.['call_id']);
    expect(caller?.['media_recordings']).to.deep.equal([id]);
    expect(caller?._id).to.equal(recording?.['cdr_id']);
  });
});
