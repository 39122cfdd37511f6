// Commands as apps by others write them: numbers and booleans as text, what is empty, and what nobody knows.
import { expect } from 'chai';
import { commands } from '../../../core/messages/dialplan.ts';
import { endpointOf, Live, type Message, type Phone } from '../testing/live.ts';

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
});
