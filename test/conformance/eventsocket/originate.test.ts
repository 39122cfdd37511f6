// Calls that the switch makes on its own.

import { expect } from 'chai';
import type { EventClient } from './client.ts';
import type { Phone } from './phone.ts';
import { openTarget, type Target } from './target.ts';

describe('originate', () => {
  let target: Target;
  let client: EventClient;
  let alice: Phone;
  let bob: Phone;
  let carol: Phone;

  before(async () => {
    target = await openTarget();
    client = await target.client();
    alice = await target.phone('1001');
    bob = await target.phone('1002');
    carol = await target.phone('1003');
  });
  after(() => target.stop());
  afterEach(async () => {
    for (const phone of [alice, bob, carol])
      for (const { id } of phone.calls) await client.api(`uuid_kill ${id}`);
    client.events.length = 0;
  });

  const record = (uuid: string) => client.event('CHANNEL_HANGUP_COMPLETE', { 'Unique-ID': uuid });

  it('originates and parks', async () => {
    const job = `originate-${Date.now()}`;
    const id = `made-${Date.now()}`;
    await client.command(`bgapi originate {origination_uuid=${id}}${bob.dialString} &park()`, {
      'Job-UUID': job,
    });
    const far = await bob.incoming();
    far.answer();
    expect((await client.event('BACKGROUND_JOB', { 'Job-UUID': job }))['_body']).to.equal(`+OK ${id}\n`);
    await client.event('CHANNEL_PARK', { 'Unique-ID': id });
    await client.api(`uuid_kill ${id}`);
    await far.request('BYE');
  });

  it('says why it could not', async () => {
    const job = `fails-${Date.now()}`;
    await client.command(`bgapi originate ${bob.dialString} &park()`, { 'Job-UUID': job });
    (await bob.incoming()).respond(486);
    expect((await client.event('BACKGROUND_JOB', { 'Job-UUID': job }))['_body']).to.equal('-ERR USER_BUSY\n');
  });

  it('runs an inline dialplan when it is answered', async () => {
    const job = `inline-${Date.now()}`;
    await client.command(
      `bgapi originate ${bob.dialString} 'm:^:set:x=1,2^bridge:${carol.dialString}' inline`,
      { 'Job-UUID': job },
    );
    const far = await bob.incoming();
    far.answer();
    const third = await carol.incoming();
    third.answer();
    await client.event('CHANNEL_BRIDGE', { 'Other-Leg-Unique-ID': third.id });
    const heard = third.hears(700);
    await far.sing(700, 1000);
    expect(await heard).to.equal(true);
    await far.hangup();
    await third.request('BYE');
  });

  it('calls the dialplan by loopback', async () => {
    const id = `loop-${Date.now()}`;
    await client.command(`bgapi originate {origination_uuid=${id}}loopback/7777/context_2 &park()`);
    const parked = await client.find(
      'far side parked',
      (event) => event['Event-Name'] === 'CHANNEL_PARK' && event['Channel-Name'] === 'loopback/7777-b',
    );
    await client.execute(parked['Unique-ID'] ?? '', 'answer');
    await client.event('CHANNEL_ANSWER', { 'Unique-ID': id });
    await client.api(`uuid_kill ${id}`);
    await record(parked['Unique-ID'] ?? '');
  });
});
