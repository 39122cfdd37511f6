// Commands as apps by others write them: numbers and booleans as text, what is empty, and what nobody knows.
import { expect } from 'chai';
import type { Incoming } from '../../../core/amqp/transport.ts';
import { commands } from '../../../core/messages/dialplan.ts';
import { edgeHeaders, endpointOf, Live, type Message, type Phone } from '../testing/live.ts';

const short = 'tone_stream://%(200,0,440)';

const unchecked = { ...commands.noop, check: () => [], unknownKeys: () => [] };

describe('commands by others, with a switch', () => {
  let live: Live;
  let alice: Phone;
  let bob: Phone;
  let carol: Phone;

  before(async () => {
    live = await Live.open();
    alice = await live.target.phone('alice');
    bob = await live.target.phone('bob');
    carol = await live.target.phone('carol');
  });
  afterEach(() => live.clear());
  after(() => live.close());

  /** Publishes a body as it is, without the checks of our own publishers. */
  const write = (callId: string, body: Message): Promise<void> =>
    live.bus.send(live.queueOf(callId), unchecked, { 'Call-ID': callId, ...body } as never, {
      messageId: String(body['Msg-ID']),
    });

  it('takes text for numbers and booleans, and no terminators by their name', async () => {
    const call = await live.answered(alice);
    await write(call.id, {
      'Application-Name': 'play',
      'Msg-ID': 'loose-1',
      'Media-Name': short,
      'Loop-Count': '2',
      'Endless-Playback': 'false',
      Terminators: 'none',
      Language: null,
    });
    expect(await live.completed('loose-1')).to.include({ 'Application-Response': 'FILE PLAYED' });
    await write(call.id, { 'Application-Name': 'sleep', 'Msg-ID': 'loose-2', Time: '50' });
    expect(await live.completed('loose-2')).to.include({ 'Application-Name': 'sleep' });
    await live.end(call.id);
  });

  it('bridges to several: the caller hears ringing at once, early media of one is not the answer', async () => {
    const call = await live.call(alice);
    await write(call.id, {
      'Application-Name': 'bridge',
      'Msg-ID': 'loose-3',
      'Dial-Endpoint-Method': 'simultaneous',
      Timeout: '20',
      'Continue-On-Fail': 'true',
      Endpoints: [
        endpointOf(bob, { 'Endpoint-Timeout': '15', 'Privacy-Hide-Name': 'false', 'Bypass-Media': 'false' }),
        endpointOf(bob, { 'Endpoint-Delay': null }),
        { 'Invite-Format': 'loopback', Route: 'no number/' },
        endpointOf(carol, { 'Custom-Channel-Vars': { Unknown: 7, 'Auto-Answer': 'true' } }),
      ],
    });
    const [early, other] = [await bob.incoming(), await carol.incoming()];
    await call.response(180);
    expect(other.incoming?.request.headers.get('alert-info')).to.match(/intercom/);
    early.respond(183);
    other.answer();
    await live.event('CHANNEL_BRIDGE', call.id, (it) => it['Other-Leg-Call-ID'] === other.id);
    await early.request('CANCEL');
    expect((await live.event('CHANNEL_ANSWER', other.id))['Custom-Channel-Vars']).to.include({
      Unknown: '7',
    });
    await other.hangup();
    expect(await live.completed('loose-3')).to.include({ 'Application-Response': 'SUCCESS' });
    await live.end(call.id);
  }).timeout(20_000);

  it('rings without a limit of its own when the Timeout is 0, and leaves with the call when that may not go on', async () => {
    const call = await live.call(alice);
    await write(call.id, {
      'Application-Name': 'bridge',
      'Msg-ID': 'loose-4',
      Timeout: '0',
      'Continue-On-Fail': 'false',
      Endpoints: [endpointOf(bob, { 'Endpoint-Timeout': '0' })],
    });
    (await bob.incoming()).respond(486);
    expect((await live.event('report', call.id))['Hangup-Cause']).to.equal('USER_BUSY');
  });

  it('plays a tone to an answered caller while it rings', async () => {
    const call = await live.answered(alice);
    await live.send(call.id, 'bridge', { Endpoints: [endpointOf(bob)] });
    const ringing = await bob.incoming();
    ringing.respond(180);
    expect(await call.hears([440, 480], 3000)).to.equal(true);
    await live.end(call.id);
  });

  it('gives a call to an app that is named by pid and queue, and runs its commands without ids', async () => {
    live.answers = false;
    const other = live.bus.broker.connect();
    const wins: [unknown, Message][] = [];
    const put = (exchange: string, key: string, body: Message): Promise<void> =>
      other.publish({
        exchange,
        key,
        body: Buffer.from(JSON.stringify({ 'App-Name': 'other', 'App-Version': '5.0', ...body })),
        messageId: 'any',
        deadline: Date.now() + 5_000,
      });
    const listen = (exchange: 'targeted' | 'callmgr', key: string, take: (it: Incoming) => void) =>
      other.consume(
        { name: `other-${exchange}`, kind: 'private', prefetch: 0, bindings: [{ exchange, key }] },
        take,
      );
    await listen('targeted', 'other-queue', ({ headers, body }) => {
      wins.push([headers['Deliver-To-PID'], JSON.parse(body.toString()) as Message]);
    });
    await listen('callmgr', 'route.req.#', ({ body }) => {
      const request = JSON.parse(body.toString()) as Message;
      void put('targeted', String(request['Server-ID']), {
        'Event-Category': 'dialplan',
        'Event-Name': 'route_resp',
        'Msg-ID': request['Msg-ID'],
        'Server-ID': 'pid://<0.9.0>/other-queue',
        Method: 'park',
        'Pre-Park': 'ring_ready',
      });
    });
    const call = await alice.call('2000', { headers: edgeHeaders });
    const [pid, win] = await live.until('route_win', () => wins[0]);
    expect(pid).to.equal('<0.9.0>');
    await call.response(180);
    for (const name of ['answer', 'hangup'])
      await put('callctl', String(win['Control-Queue']), {
        'Event-Category': 'call',
        'Event-Name': 'command',
        'Application-Name': name,
        'Call-ID': call.id,
      });
    await call.response(200);
    expect((await live.event('report', call.id))['Hangup-Cause']).to.equal('NORMAL_CLEARING');
    await other.close();
    live.answers = true;
  });
});
