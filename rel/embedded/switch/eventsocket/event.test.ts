// The two spellings of an event, and what a subscription lets through.

import { expect } from 'chai';
import { createEventBus } from './bus.ts';
import { eventFrame, type SwitchEvent } from './event.ts';
import { createSubscription } from './subscription.ts';

const event = (fields: Record<string, string | string[]>, body?: string): SwitchEvent => ({
  name: String(fields['Event-Name'] ?? ''),
  headers: new Map(Object.entries(fields)),
  body,
});

describe('events', () => {
  it('are url-encoded in plain, an empty value as _undef_, an array in its own spelling', () => {
    const text = eventFrame(
      event({ 'Event-Name': 'X', a: 'b c/ü%\n', empty: '', list: ['1', '2'] }),
      'plain',
    ).toString();
    expect(text).to.match(/^Content-Length: \d+\nContent-Type: text\/event-plain\n\n/);
    expect(text).to.contain('a: b%20c/%C3%BC%25%0A\n');
    expect(text).to.contain('empty: _undef_\n');
    expect(text).to.contain('list: ARRAY%3A%3A1%7C%3A2\n');
  });

  it('have a body of their own in plain, and _body in json', () => {
    const job = event({ 'Event-Name': 'BACKGROUND_JOB' }, '+OK ü\n');
    expect(eventFrame(job, 'plain').toString()).to.match(/Content-Length: 7\n\n\+OK ü\n$/);
    const json = JSON.parse(eventFrame(job, 'json').toString().split('\n\n')[1] ?? '');
    expect(json).to.include({ 'Content-Length': '7', _body: '+OK ü\n' });
  });

  it('are the same in json as JSON.stringify would write them', () => {
    const fields = { 'Event-Name': 'X', 'a "b"': 'c\n\u2028\ud800', empty: '', list: ['1', '"2"'] };
    const text = eventFrame(event(fields), 'json').toString().split('\n\n')[1] ?? '';
    expect(text).to.equal(JSON.stringify(fields));
  });

  it('survive broken text', () => {
    expect(() => eventFrame(event({ 'Event-Name': 'X', a: '\ud800' }), 'plain')).not.to.throw();
  });

  it('are stamped in order, and not made when nobody listens', () => {
    const bus = createEventBus({ coreUuid: 'core', name: 'here', ipv4: '127.0.0.1' });
    const heard: SwitchEvent[] = [];
    bus.publish('X', () => {
      throw new Error('made for nobody');
    });
    const stop = bus.subscribe(
      (each) => heard.push(each),
      (name) => name !== 'UNWANTED',
    );
    bus.publish('UNWANTED', () => {
      throw new Error('made for nobody');
    });
    bus.publish('X', [['a', '1']]);
    bus.publish('CUSTOM', [['Event-Name', 'OTHER']]);
    stop();
    bus.publish('X', []);
    expect(heard.map((each) => each.name)).to.deep.equal(['X', 'OTHER']);
    expect(heard[0]?.headers.get('FreeSWITCH-Hostname')).to.equal('here');
    expect(Number(heard[1]?.headers.get('Event-Sequence'))).to.be.greaterThan(
      Number(heard[0]?.headers.get('Event-Sequence')),
    );
  });
});

describe('a subscription', () => {
  const wanting = (...words: string[]) => {
    const subscription = createSubscription();
    subscription.add(words);
    return subscription;
  };
  const custom = (subclass: string) => event({ 'Event-Name': 'CUSTOM', 'Event-Subclass': subclass });

  it('reads what follows CUSTOM as subclasses', () => {
    const subscription = wanting('DTMF', 'CUSTOM', 'a::b', 'CHANNEL_CREATE');
    expect(subscription.wants(event({ 'Event-Name': 'DTMF' }))).to.equal(true);
    expect(subscription.wants(custom('a::b'))).to.equal(true);
    expect(subscription.wants(custom('c::d'))).to.equal(false);
    expect(subscription.wants(event({ 'Event-Name': 'CHANNEL_CREATE' }))).to.equal(false);
  });

  it('to ALL hears every subclass, and can leave one name out', () => {
    const subscription = wanting('ALL');
    expect(subscription.wants(custom('any::thing'))).to.equal(true);
    subscription.remove(['DTMF']);
    expect(subscription.wants(event({ 'Event-Name': 'DTMF' }))).to.equal(false);
    expect(subscription.wants(event({ 'Event-Name': 'HEARTBEAT' }))).to.equal(true);
  });

  it('filters by value, by expression, and against', () => {
    const subscription = wanting('ALL');
    const call = (id: string, name = 'X') => event({ 'Event-Name': name, 'Unique-ID': id });
    subscription.addFilter('unique-id', '/^A\\d$/');
    expect(subscription.wants(call('A1'))).to.equal(true);
    expect(subscription.wants(call('B1'))).to.equal(false);
    subscription.addFilter('Event-Name', '-DTMF');
    expect(subscription.wants(call('A1', 'DTMF'))).to.equal(false);
    subscription.addFilter('Unique-ID', '/[broken/');
    expect(subscription.wants(call('B1'))).to.equal(false);
    subscription.deleteFilter('all', undefined);
    expect(subscription.wants(call('B1'))).to.equal(true);
  });
});
