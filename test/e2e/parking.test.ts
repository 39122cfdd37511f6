// Parking: a call waits in a slot, on whichever media server it is, and another phone takes it out.
import { expect } from 'chai';
import { newAccount, node, type TestAccount } from './account.ts';
import { eventually } from './eventually.ts';
import { fixtures } from './fixtures.ts';
import { sharedZone } from './shared.ts';
import { documentsOfAccount, documentsOfMonth } from './store.ts';
import type { Zone } from './zone.ts';

describe('a parked call', function () {
  this.timeout(120_000);
  const use = fixtures();
  let zone: Zone;
  let account: TestAccount;
  before(async () => {
    zone = await sharedZone();
    account = await newAccount(zone);
    const feature = (pattern: string, action: string) =>
      account.create('callflows', {
        name: action,
        numbers: [],
        patterns: [pattern],
        flow: node('park', { action }),
      });
    await feature('^\\*3(\\d+)$', 'direct_park');
    await feature('^\\*4(\\d+)$', 'retrieve');
  });

  const inSlot = async (): Promise<unknown> => {
    const slots = await documentsOfAccount(zone, account.id, 'parked_call');
    return slots.find((it) => it._id === 'parking-slot-701')?.['slot'];
  };

  // Each call goes to a media server by its Call-ID: of several pairs some are on two of them, where there are two.
  for (const attempt of [1, 2, 3])
    it(`is taken by another phone, and both hear each other (${attempt})`, async () => {
      const a = await use.phone(await account.device(), { tone: 440 });
      const b = await use.phone(await account.device(), { tone: 620 });
      a.dial('*3701');
      await eventually(async () => expect(await inSlot()).to.have.property('Call-ID'));
      b.dial('*4701');
      await Promise.all([a.hears(620), b.hears(440)]);
      expect(await inSlot(), 'the slot is free while they talk').to.equal(undefined);
      (attempt % 2 ? a : b).hangup();
      await (attempt % 2 ? b : a).event('CALL_CLOSED');
      await eventually(async () => {
        const cdrs = await documentsOfMonth(zone, account.id, 'cdr');
        // Two legs, or four where they were on two media servers; of each one record.
        expect(new Set(cdrs.map((it) => it['call_id'])).size).to.equal(cdrs.length);
        expect(cdrs.length).to.be.within(2 * attempt, 4 * attempt);
      });
    });

  it('that gives up leaves the slot, and who comes then is told so', async () => {
    const a = await use.phone(await account.device(), { tone: 440 });
    a.dial('*3701');
    await eventually(async () => expect(await inSlot()).to.have.property('Call-ID'));
    a.hangup();
    await eventually(async () => expect(await inSlot()).to.equal(undefined));
    const b = await use.phone(await account.device(), { tone: 620 });
    b.dial('*4701');
    await b.event('CALL_ESTABLISHED');
    await b.event('CALL_CLOSED');
  });
});
