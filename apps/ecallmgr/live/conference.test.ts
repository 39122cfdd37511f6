// Conferences on a switch: who is in one, and what is ordered of it.
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import * as conference from '../../../core/messages/conference.ts';
import { followed } from '../conferences/orders.ts';
import { endpointOf, Live, type Message, type Phone, type PhoneCall } from '../testing/live.ts';
import type { Member } from '../testing/pair.ts';

describe('a conference on a switch', () => {
  let live: Live;
  let ecallmgrs: readonly Member[];
  let name: string;
  let alice: PhoneCall;
  let bob: PhoneCall;

  beforeEach(async () => {
    const opened = await Live.openPair();
    ({ live } = opened);
    ecallmgrs = [opened.one, opened.two];
    name = `room-${randomBytes(4).toString('hex')}`;
    alice = await join(await live.target.phone('alice'), { Moderator: true });
    bob = await join(await live.target.phone('bob'));
  });
  afterEach(async () => {
    await live.clear();
    await live.close();
  });

  const join = async (phone: Phone, fields: Message = {}): Promise<PhoneCall> => {
    const call = await live.answered(phone);
    await live.send(call.id, 'conference', { 'Conference-ID': name, ...fields });
    await waitFor((members) => members.find((it) => it['Call-ID'] === call.id));
    return call;
  };
  const search = (): Promise<Message | undefined> =>
    live.bus
      .request(conference.searchReq, { 'Conference-ID': name }, { timeout: 500, silence: 'allowed' })
      .catch(() => undefined);
  /** Asks who is there until the answer fits. */
  const waitFor = async <T>(find: (members: Message[]) => T | undefined): Promise<T> => {
    for (const late = Date.now() + 8_000; Date.now() < late; ) {
      const found = find(((await search())?.['Participants'] as Message[] | undefined) ?? []);
      if (found !== undefined) return found;
    }
    throw new Error('who is in the conference never fitted');
  };
  const bobs = (members: Message[]): Message | undefined => members.find((it) => it['Call-ID'] === bob.id);
  const flag = (member: Message | undefined, key: string): unknown =>
    (member?.['Conference-Channel-Vars'] as Message | undefined)?.[key];
  const order = (contract: (typeof conference.orders)[number], fields: Message): Promise<void> =>
    live.bus.publish(contract, { 'Conference-ID': name, ...fields } as never);

  it('is told with who is in it, by conference and by account', async () => {
    const found = await search();
    expect(found).to.include({ 'Conference-ID': name, Running: true, Locked: false, 'Participant-Count': 2 });
    const members = found?.['Participants'] as Message[];
    expect(members.map((it) => [it['Caller-ID-Number'], flag(it, 'Is-Moderator')])).to.have.deep.members([
      ['alice', true],
      ['bob', false],
    ]);
    const answer = await live.bus.request(conference.searchReq, { 'Account-ID': 'acc1' });
    expect(answer.Conferences).to.have.nested.property(`${name}.Moderators`, 1);
    expect(answer.Conferences).to.have.nested.property(`${name}.Members`, 1);
  }).timeout(30_000);

  it('says who is in it to whoever asks for that alone', async () => {
    const fields = { 'Application-Name': 'participants', 'Conference-ID': name } as const;
    const { Participants } = await live.bus.request(conference.participants, fields);
    expect(Participants.map((it) => it['Call-ID'])).to.have.members([alice.id, bob.id]);
  }).timeout(30_000);

  it('mutes and puts out who is named, plays to all, and is locked', async () => {
    const id = (await waitFor(bobs))['Participant-ID'] as number;
    const participant = { 'Participant-ID': id };
    await order(conference.muteParticipant, { 'Application-Name': 'mute_participant', ...participant });
    await waitFor((members) => (flag(bobs(members), 'Speak') === false ? true : undefined));
    await order(conference.unmuteParticipant, { 'Application-Name': 'unmute_participant', ...participant });
    await waitFor((members) => (flag(bobs(members), 'Speak') === true ? true : undefined));
    await order(conference.play, {
      'Application-Name': 'play',
      'Media-Name': 'tone_stream://%(1500,0,700)',
    });
    expect(await Promise.all([alice.hears(700), bob.hears(700)])).to.deep.equal([true, true]);
    await order(conference.lock, { 'Application-Name': 'lock' });
    for (const late = Date.now() + 4_000; (await search())?.['Locked'] !== true; )
      if (Date.now() > late) throw new Error('it was not locked');
    await order(conference.kick, { 'Application-Name': 'kick', ...participant });
    await waitFor((members) => (bobs(members) === undefined ? true : undefined));
    expect(await search(), 'nobody else was put out').to.include({ 'Participant-Count': 1 });
  }).timeout(40_000);

  it('goes on when the ecallmgr of its first caller dies: the other one tells who is in it, follows orders, and records all', async () => {
    const owner = (await live.event('usurp_control', alice.id))['Media-Node'];
    const [dead, survivor] = ecallmgrs[0]?.node === owner ? ecallmgrs : ecallmgrs.toReversed();
    await dead?.kill();
    const heard = bob.hears(1100, 5000);
    await alice.sing(1100, 1200);
    expect(await heard, 'they hear each other meanwhile').to.equal(true);
    await live.until('the takeover', () => survivor?.log.find(({ message }) => /took over/.test(message)));
    expect(await search()).to.include({ 'Participant-Count': 2 });
    const participant = { 'Participant-ID': (await waitFor(bobs))['Participant-ID'] as number };
    await order(conference.muteParticipant, { 'Application-Name': 'mute_participant', ...participant });
    await waitFor((members) => (flag(bobs(members), 'Speak') === false ? true : undefined));
    for (const { id } of [alice, bob]) await live.end(id);
    expect(live.bus.named('report').map((it) => it['Call-ID'])).to.have.members([alice.id, bob.id]);
  }).timeout(40_000);

  it('tells who comes and goes, and what is done to them, each once though two have the switch', async () => {
    const happened = (): Message[] => live.bus.named('event').filter((it) => it['Conference-ID'] === name);
    const told = (event: string): Promise<Message> =>
      live.seen('event', (it) => it['Conference-ID'] === name && it['Event'] === event);
    await bob.sing(1100, 1000);
    await told('start-talking');
    const participant = { 'Participant-ID': (await waitFor(bobs))['Participant-ID'] as number };
    await order(conference.muteParticipant, { 'Application-Name': 'mute_participant', ...participant });
    expect(await told('mute-member')).to.have.nested.property('Conference-Channel-Vars.Speak', false);
    await order(conference.lock, { 'Application-Name': 'lock' });
    await told('lock');
    await live.send(bob.id, 'hangup', { 'Insert-At': 'now' });
    await told('del-member');
    await live.send(alice.id, 'hangup', { 'Insert-At': 'now' });
    await told('conference-destroy');
    const said = happened().filter(({ Event: event }) => !String(event).endsWith('-talking'));
    expect(said.map(({ Event: event, 'Call-ID': id }) => [event, id])).to.deep.equal([
      ['conference-create', alice.id],
      ['add-member', alice.id],
      ['add-member', bob.id],
      ['mute-member', bob.id],
      ['lock', undefined],
      ['del-member', bob.id],
      ['del-member', alice.id],
      ['conference-destroy', undefined],
    ]);
    expect(new Set(said.map((it) => it['Account-ID']))).to.deep.equal(new Set(['acc1']));
    expect(new Set(said.map((it) => it['Instance-ID']))).to.have.length(1);
    expect(said[2]).to.include({ 'Caller-ID-Number': 'bob', ...participant });
  }).timeout(40_000);

  const dial = (endpoints: Message[], fields: Message = {}) =>
    live.bus.request(
      conference.dial,
      {
        'Application-Name': 'dial',
        'Conference-ID': name,
        'Account-ID': 'acc1',
        Timeout: 3,
        Endpoints: endpoints,
        ...fields,
      } as never,
      { timeout: 12_000 },
    );

  it('calls who is to be in it, and tells what became of each', async () => {
    const [carol, dave] = [await live.target.phone('carol'), await live.target.phone('dave')];
    const id = `dialled-${randomBytes(4).toString('hex')}`;
    const asked = dial([endpointOf(carol, { 'Outbound-Call-ID': id }), endpointOf(dave)], {
      'Participant-Flags': ['mute', 'is_moderator'],
      'Caller-ID-Number': '300',
    });
    const [taken, refused] = await Promise.all([carol.incoming(), dave.incoming()]);
    expect(taken.incoming?.request.headers.get('from')).to.include('sip:300@');
    refused.respond(486);
    taken.answer();
    const responses = (await asked)['Endpoint-Responses'] as Message[];
    expect(responses.map((it) => [it['Status'], it['Message'], it['Call-ID']])).to.deep.equal([
      ['success', 'dialing endpoints', id],
      ['error', 'USER_BUSY', undefined],
    ]);
    expect(responses.map((it) => it['Endpoint-ID'])).to.deep.equal(
      [carol, dave].map((phone) => endpointOf(phone)['Route']),
    );
    const carols = await waitFor((members) => members.find((it) => it['Call-ID'] === id));
    expect([flag(carols, 'Speak'), flag(carols, 'Is-Moderator')]).to.deep.equal([false, true]);
    const heard = taken.hears(1100, 4000);
    await bob.sing(1100, 1500);
    expect(await heard).to.equal(true);
    // Its leg ends with its stay in the conference.
    await order(conference.kick, {
      'Application-Name': 'kick',
      'Participant-ID': carols['Participant-ID'] as number,
    });
    expect(await live.event('report', id)).to.include({ 'Account-ID': 'acc1', 'Call-Direction': 'outbound' });
  }).timeout(40_000);

  it('begins with who is called, when nobody is there yet', async () => {
    name = `room-${randomBytes(4).toString('hex')}`;
    const carol = await live.target.phone('carol');
    const asked = dial([endpointOf(carol)]);
    (await carol.incoming()).answer();
    const [response] = (await asked)['Endpoint-Responses'];
    expect(response).to.include({ Status: 'success' });
    expect((await search())?.['Participants']).to.have.length(1);
  }).timeout(30_000);

  it('follows every order that has a contract', () => {
    const named = conference.orders.map(({ fields }) => fields['Application-Name'].const);
    expect([...followed].toSorted()).to.deep.equal(named.toSorted());
  });
});
