// The story of a call: what is noted, what is left out, and how much is kept.
import { expect } from 'chai';
import { callEvent } from '../../core/messages/call.ts';
import { fakeBus } from '../../core/testing/index.ts';
import { ping, pong } from '../../core/testing/ping.ts';
import { Stories, withStories } from './stories.ts';

const event = (name: string, more: object = {}) => ({ 'Event-Name': name, 'Call-ID': 'c1', ...more });
const names = (stories: Stories, callId = 'c1') => stories.find(callId)?.entries.map(({ What }) => What);

describe('stories of calls', () => {
  it('tell what was sent, got and answered, commands by their application', () => {
    const stories = new Stories();
    stories.note('sent', event('CHANNEL_CREATE', { From: 'a@b' }));
    stories.note('sent', event('route_req'));
    stories.note('answer', event('route_resp', { Node: 'callflow@h' }));
    stories.note(
      'got',
      event('command', { 'Application-Name': 'play', 'Media-Name': 'x', Node: 'callflow@h' }),
    );
    const story = stories.find('c1');
    expect(story?.entries.map(({ Way, What }) => `${Way} ${What}`)).to.deep.equal([
      'sent CHANNEL_CREATE',
      'sent route_req',
      'answer route_resp',
      'got play',
    ]);
    expect(story?.entries[3]).to.deep.include({ Node: 'callflow@h', Details: { 'Media-Name': 'x' } });
    expect(story?.ended).to.equal(false);
  });

  it('are told of calls of this process only, and not of questions about them', () => {
    const stories = new Stories();
    stories.note('got', event('command', { 'Application-Name': 'play' }));
    expect(stories.find('c1')).to.equal(undefined);
    stories.note('sent', event('CHANNEL_CREATE'));
    stories.note('got', event('channel_status_req'));
    stories.note('got', { 'Event-Name': 'command' });
    expect(names(stories)).to.deep.equal(['CHANNEL_CREATE']);
  });

  it('are kept for a while after the end, with what comes late', () => {
    const stories = new Stories();
    stories.note('sent', event('CHANNEL_CREATE'));
    stories.note('sent', event('CHANNEL_DESTROY', { 'Hangup-Cause': 'NORMAL_CLEARING' }));
    stories.note('got', event('command', { 'Application-Name': 'hangup' }));
    expect(stories.find('c1')?.ended).to.equal(true);
    expect(names(stories)).to.deep.equal(['CHANNEL_CREATE', 'CHANNEL_DESTROY', 'hangup']);
  });

  it('keep the beginning and the newest lines of a long call', () => {
    const stories = new Stories();
    for (let index = 0; index < 1_000; index += 1) stories.note('sent', event(`E${index}`));
    const story = stories.find('c1');
    expect(story?.entries).to.have.length(120);
    expect(story?.dropped).to.equal(880);
    expect(story?.entries[0]?.What).to.equal('E0');
    expect(story?.entries.at(-1)?.What).to.equal('E999');
  });

  it('forget the calls that ended first when there are too many', () => {
    const stories = new Stories();
    for (let index = 0; index < 600; index += 1) {
      stories.note('sent', { 'Event-Name': 'CHANNEL_CREATE', 'Call-ID': `c${index}` });
      stories.note('sent', { 'Event-Name': 'CHANNEL_DESTROY', 'Call-ID': `c${index}` });
    }
    expect(stories.find('c0')).to.equal(undefined);
    expect(stories.find('c599')?.ended).to.equal(true);
  });

  it('shorten what is long, and say where a checkpoint stands and whom a bridge rings', () => {
    const stories = new Stories();
    stories.note('sent', event('CHANNEL_CREATE', { To: 'x'.repeat(500) }));
    stories.note(
      'got',
      event('command', { 'Application-Name': 'checkpoint', Resume: { Flow: { module: 'menu', data: {} } } }),
    );
    stories.note(
      'got',
      event('command', {
        'Application-Name': 'bridge',
        Endpoints: [{ Route: 'sip:1@2' }, { 'To-User': 'bob' }],
      }),
    );
    const details = stories.find('c1')?.entries.map(({ Details }) => Details);
    expect(String(details?.[0]?.['To'])).to.have.length(121);
    expect(details?.[1]).to.deep.equal({ Module: 'menu' });
    expect(details?.[2]).to.deep.equal({ Endpoints: ['sip:1@2', 'bob'] });
  });

  it('are noted as messages pass the bus, which works as before', async () => {
    const stories = new Stories();
    const bus = fakeBus();
    const noted = withStories(bus, stories);
    const heard: string[] = [];
    await noted.consume(
      { bindings: [{ exchange: 'callevt', key: 'call.#' }], contracts: [callEvent] },
      ({ message }) => void heard.push(message['Event-Name']),
    );
    await noted.publish(callEvent, { 'Event-Name': 'CHANNEL_CREATE', 'Call-ID': 'c1' });
    await bus.settled();
    expect(heard).to.deep.equal(['CHANNEL_CREATE']);
    expect(stories.find('c1')?.entries.map(({ Way }) => Way)).to.deep.equal(['sent', 'got']);
    await noted.consume(
      { bindings: [{ exchange: 'callmgr', key: 'ping.*' }], contracts: [ping] },
      (request) => noted.reply(request, pong, { Value: 7 }),
    );
    expect((await noted.request(ping, { Realm: 'a' })).Value).to.equal(7);
    expect((await noted.collect(ping, { Realm: 'a' }, { count: 1 }))[0]?.Value).to.equal(7);
    await bus.close();
  });
});
