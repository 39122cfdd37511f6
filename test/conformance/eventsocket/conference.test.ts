// Conferences: everybody hears everybody but himself; muted, deafened, kicked; what is told and listed.

import { expect } from 'chai';
import type { EventClient } from './client.ts';
import type { Phone, PhoneCall } from './phone.ts';
import { answeredCall, openTarget, type Target } from './target.ts';

describe('conference', () => {
  let target: Target;
  let client: EventClient;
  let phones: Phone[];
  let name: string;
  let calls: PhoneCall[];
  let ids: string[];

  before(async () => {
    target = await openTarget();
    client = await target.client();
    phones = await Promise.all(['1001', '1002', '1003'].map((each) => target.phone(each)));
  });
  after(() => target.stop());

  beforeEach(async () => {
    name = `room${Date.now()}`;
    calls = [];
    ids = [];
    for (const phone of phones) {
      const call = await answeredCall(client, phone);
      calls.push(call);
      await client.start(call.id, 'conference', `${name}@default`);
      const joined = await told('add-member', call);
      ids.push(joined['Member-ID'] ?? '');
    }
  });
  afterEach(async () => {
    for (const { id } of calls) await client.api(`uuid_kill ${id}`);
    await client.event('CUSTOM', { Action: 'conference-destroy', 'Conference-Name': name });
  });

  const told = (action: string, call: PhoneCall) =>
    client.event('CUSTOM', {
      'Event-Subclass': 'conference::maintenance',
      Action: action,
      'Unique-ID': call.id,
    });
  const at = (index: number) => calls[index]!;
  const command = (text: string) => client.api(`conference ${name} ${text}`);

  it('mixes all but oneself', async () => {
    const heard = Promise.all([at(1).hears(700, 3000), at(2).hears(700, 3000), at(0).hears(700, 2500)]);
    await at(0).sing(700, 1500);
    expect(await heard).to.deep.equal([true, true, false]);
  });

  it('hears two at once', async () => {
    const heard = at(2).hears([700, 1000], 4000);
    await Promise.all([at(0).sing(700, 2000), at(1).sing(1000, 2000)]);
    expect(await heard).to.equal(true);
  });

  it('mutes and unmutes a member', async () => {
    expect(await command(`mute ${ids[0]}`)).to.equal(`+OK mute ${ids[0]}\n`);
    expect((await told('mute-member', at(0)))['Speak']).to.equal('false');
    const silent = at(1).hears(700, 1200);
    await at(0).sing(700, 800);
    expect(await silent).to.equal(false);
    expect(await command(`unmute ${ids[0]}`)).to.equal(`+OK unmute ${ids[0]}\n`);
    const heard = at(1).hears(700);
    await at(0).sing(700, 1500);
    expect(await heard).to.equal(true);
  });

  it('deafens a member', async () => {
    expect(await command(`deaf ${ids[1]}`)).to.equal(`+OK deaf ${ids[1]}\n`);
    await told('deaf-member', at(1));
    const silent = at(1).hears(700, 1500);
    await at(0).sing(700, 1000);
    expect(await silent).to.equal(false);
  });

  it('plays to everybody', async () => {
    const heard = Promise.all(calls.map((call) => call.hears(440)));
    await command('play tone_stream://%(1500,0,440)');
    expect(await heard).to.deep.equal([true, true, true]);
  });

  it('kicks a member and leaves the channel up', async () => {
    expect(await command(`kick ${ids[2]}`)).to.equal(`+OK kicked ${ids[2]}\n`);
    await told('del-member', at(2));
    expect((await client.api(`uuid_exists ${at(2).id}`)).trim()).to.equal('true');
  });

  it('lists its members', async () => {
    const [room] = JSON.parse(await command('json_list')) as {
      conference_name: string;
      member_count: number;
      members: { id: number; uuid: string; caller_id_number: string; flags: Record<string, boolean> }[];
    }[];
    expect(room).to.include({ conference_name: name, member_count: 3 });
    const member = room?.members.find((each) => each.uuid === at(0).id);
    expect(member?.caller_id_number).to.equal('1001');
    expect(member?.flags).to.include({ can_hear: true, can_speak: true });
    expect(await command('list')).to.contain(at(0).id);
  });

  it('knows no other conference', async () => {
    expect(await client.api('conference nosuchroom list')).to.equal('-ERR Conference nosuchroom not found\n');
  });
});
