// The other commands against a switch: order in the queue, parking, digits, refusing and redirecting.
import { expect } from 'chai';
import { edgeHeaders, endpointOf, Live, type Message, type Phone } from '../testing/live.ts';

const tone = 'tone_stream://%(10000,0,440)';

describe('commands with a switch', () => {
  let live: Live;
  let alice: Phone;
  let bob: Phone;

  before(async () => {
    live = await Live.open();
    alice = await live.target.phone('alice');
    bob = await live.target.phone('bob');
  });
  afterEach(() => live.clear());
  after(() => live.close());

  it('runs what is put at the head first, flushes the rest, and runs `now` beside it', async () => {
    const call = await live.answered(alice);
    const playing = await live.send(call.id, 'play', { 'Media-Name': tone });
    expect(await call.hears(440)).to.equal(true);
    const last = await live.send(call.id, 'noop');
    const first = await live.send(call.id, 'sleep', { Time: 100, 'Insert-At': 'head' });
    await live.run(call.id, 'noop', { 'Insert-At': 'now' });
    await live.run(call.id, 'break', { 'Insert-At': 'now' });
    await live.completed(last);
    const order = live.bus.named('CHANNEL_EXECUTE_COMPLETE').map((it) => it['Msg-ID']);
    expect([playing, first, last].map((id) => order.indexOf(id))).to.deep.equal(
      [playing, first, last].map((id) => order.indexOf(id)).toSorted((a, b) => a - b),
    );
    const long = await live.send(call.id, 'play', { 'Media-Name': tone });
    const waiting = await live.send(call.id, 'play', { 'Media-Name': tone });
    const flush = await live.send(call.id, 'noop', { 'Insert-At': 'flush' });
    await live.completed(flush);
    await live.completed(long);
    expect(await live.completed(waiting).catch((error: Error) => error.message)).to.match(/flushed/);
    await live.end(call.id);
  });

  it('tells the end of a command again to whoever did not hear of it, and runs nothing twice', async () => {
    const call = await live.answered(alice);
    const ends = (id: string): Message[] =>
      live.bus.named('CHANNEL_EXECUTE_COMPLETE').filter((it) => it['Msg-ID'] === id);
    for (const name of ['play', 'noop'] as const) {
      const fields = name === 'play' ? { 'Media-Name': 'tone_stream://%(100,0,440)' } : {};
      const id = await live.send(call.id, name, fields);
      await live.completed(id);
      await live.send(call.id, name, fields, id);
      const [first, again] = await live.until('the same end', () =>
        ends(id).length > 1 ? ends(id) : undefined,
      );
      expect(again?.['Application-Name'], 'as before').to.equal(first?.['Application-Name']);
      expect(again?.['Application-Response']).to.equal(first?.['Application-Response']);
    }
    await live.end(call.id);
  });

  it('runs a queue of commands in order, as one', async () => {
    const call = await live.answered(alice);
    const head = {
      'App-Name': 'test',
      'App-Version': '1',
      'Event-Category': 'call',
      'Event-Name': 'command',
    };
    const queue = await live.run(call.id, 'queue', {
      Commands: [
        { ...head, 'Application-Name': 'sleep', Time: 50, 'Msg-ID': 'q1' },
        { ...head, 'Application-Name': 'tones', Tones: [shortTone], 'Msg-ID': 'q2' },
        { ...head, 'Application-Name': 'noop', 'Msg-ID': 'q3' },
      ],
    });
    expect(queue['Application-Name']).to.equal('queue');
    const order = live.bus.named('CHANNEL_EXECUTE_COMPLETE').map((it) => it['Msg-ID']);
    expect(order.slice(-4)).to.deep.equal(['q1', 'q2', 'q3', queue['Msg-ID']]);
    await live.end(call.id);
  });

  it('parks for a while and hangs up with the cause it was given', async () => {
    const call = await live.answered(alice);
    const other = await live.bridged(call.id, bob);
    await live.run(call.id, 'park', { Timeout: 1000, 'Hangup-Cause': 'NO_ANSWER', 'Insert-At': 'now' });
    await live.event('report', other.id);
    expect((await live.event('report', call.id))['Hangup-Cause']).to.equal('NO_ANSWER');
  });

  it('sends digits, takes digits as if they had been sent, and collects them', async () => {
    const call = await live.answered(alice);
    const heard: string[] = [];
    call.leg.on('dtmf', ({ digit }) => heard.push(digit));
    await live.run(call.id, 'send_dtmf', { DTMFs: '42#', Duration: 120 });
    await live.until('the digits', () => (heard.join('') === '42#' ? true : undefined));
    const digits = (): Message[] => live.bus.named('DTMF').filter((it) => it['Call-ID'] === call.id);
    const collecting = await live.send(call.id, 'play_and_collect_digits', {
      'Media-Name': 'silence_stream://4000',
      'Failed-Media-Name': 'silence_stream://100',
      'Minimum-Digits': 1,
      'Maximum-Digits': 4,
      'Media-Tries': 2,
      Timeout: 4000,
      Terminators: ['#'],
      'Digits-Regex': '^\\d{3}$',
    });
    await call.leg.sendDtmf('123#');
    expect(await live.completed(collecting)).to.include({ 'Application-Response': '123', 'DTMF-Digit': '#' });
    const before = digits().length;
    await live.run(call.id, 'recv_dtmf', { DTMFs: '9' });
    await live.until('the digit', () => digits()[before]);
    expect(digits().at(-1)?.['DTMF-Digit']).to.equal('9');
    await live.end(call.id);
  }).timeout(15_000);

  it('refuses with a text, and redirects', async () => {
    const refused = await live.call(alice);
    await live.run(refused.id, 'respond', { 'Response-Code': 480, 'Response-Message': 'Gone fishing' });
    expect((await refused.response(480)).reason).to.equal('Gone fishing');
    expect((await live.event('report', refused.id))['Hangup-Code']).to.equal('sip:480');
    const away = await live.call(alice);
    await live.run(away.id, 'redirect', {
      'Redirect-Contact': 'sip:2001@10.0.0.7:5070',
      'Redirect-Server': 'sip:media2@10.0.0.8',
    });
    const moved = await away.response(302);
    expect(moved.headers.get('contact')).to.include('sip:2001@10.0.0.7:5070');
    expect(moved.headers.get('x-redirect-server')).to.equal('sip:media2@10.0.0.8');
    await live.event('report', away.id);
    const named = await live.call(alice);
    const lost = { 'Redirect-Contact': 'sip:2001@10.0.0.7', 'Redirect-Node': 'freeswitch@nowhere' };
    const refusal = await live.run(named.id, 'redirect', lost).catch((error: Error) => error.message);
    expect(refusal).to.include('freeswitch@nowhere');
    await live.run(named.id, 'redirect', { ...lost, 'Redirect-Node': 'freeswitch@media1' });
    const url = (await live.event('CHANNEL_CREATE', named.id))['Switch-URL'];
    expect(url).to.match(/^sip:mod_sofia@/);
    expect((await named.response(302)).headers.get('x-redirect-server')).to.equal(
      String(url).replace('mod_sofia@', ''),
    );
    await live.event('report', named.id);
  });

  it('bridges to the routes of a route_resp one after the other, then hangs up', async () => {
    const { 'Account-ID': _account, ...route } = endpointOf(bob);
    live.route = { Method: 'bridge', Routes: [route, { ...route, 'Progress-Timeout': 5 }] };
    const call = await alice.call('2000', { headers: edgeHeaders });
    (await bob.incoming()).respond(503);
    const taken = await bob.incoming();
    taken.answer();
    await call.response(200);
    await live.event('CHANNEL_BRIDGE', call.id);
    await taken.hangup();
    await call.request('BYE');
    expect((await live.event('report', call.id))['Hangup-Cause']).to.equal('NORMAL_CLEARING');
    live.route = { Method: 'park' };
  });
});

const shortTone = { Frequencies: [440], 'Duration-ON': 50, 'Duration-OFF': 10 };
