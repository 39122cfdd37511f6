// The tables of the edge without any socket: contacts, media servers, addresses, networks, limits.
import { expect } from 'chai';
import { Dispatcher } from './dispatcher.ts';
import { wayTo } from './inside.ts';
import { type Binding, Location } from './location.ts';
import { Buckets, isScanner } from './scanners.ts';
import { createLimits } from './screening.ts';
import { entriesOf } from './trusted.ts';
import { parseAddress, parseUri, splitList, uriOf } from './uri.ts';

const now = 1_000_000_000_000;
const binding = (more: Partial<Binding> = {}): Binding => ({
  aor: 'a@one.org',
  username: 'a',
  realm: 'one.org',
  contact: 'sip:a@192.0.2.1:5060',
  key: more.contact ?? 'k',
  q: 1,
  callId: 'c',
  cseq: 1,
  userAgent: '',
  from: '',
  to: '',
  path: '',
  source: { protocol: 'udp', host: '192.0.2.1', port: 5060 },
  token: 't',
  vars: {},
  granted: 60,
  until: now + 60_000,
  ...more,
});

describe('edge: location', () => {
  it('finds by user, source and contact, the preferred and the newest first', () => {
    const location = new Location(now);
    const low = binding({ contact: 'sip:low@h:1', q: 0.1, until: now + 90_000 });
    const newer = binding({ contact: 'sip:new@h:1', until: now + 80_000 });
    const other = binding({
      aor: 'b@one.org',
      contact: 'sip:b@h:1',
      source: { protocol: 'tcp', host: 'h', port: 9 },
    });
    for (const it of [low, binding(), newer, other]) location.save(it);
    expect(location.find('a@one.org', now).map(({ contact }) => contact)).to.deep.equal([
      'sip:new@h:1',
      'sip:a@192.0.2.1:5060',
      'sip:low@h:1',
    ]);
    expect(location.from(other.source, now)).to.deep.equal([other]);
    expect(location.from({ ...other.source, protocol: 'udp' }, now)).to.deep.equal([]);
    expect(location.withContact('low', 'h', 1, now)).to.equal(low);
    expect(location.of('ONE.org')).to.have.length(4);
    expect(location.of('one.org', 'B')).to.deep.equal([other]);
    expect([location.size, location.knows('one.org'), location.knows('two.org')]).to.deep.equal([
      4,
      true,
      false,
    ]);
  });

  it('replaces by key and keeps its indexes clean', () => {
    const location = new Location(now);
    const first = binding();
    const moved = binding({ source: { protocol: 'udp', host: '192.0.2.9', port: 1 } });
    expect(location.save(first)).to.equal(undefined);
    expect(location.save(moved)).to.equal(first);
    expect(location.from(first.source, now)).to.deep.equal([]);
    expect([location.size, location.remove(first), location.remove(moved), location.size]).to.deep.equal([
      1,
      false,
      true,
      0,
    ]);
  });

  it('expires each contact in its second, also one that is saved too late', () => {
    const location = new Location(now);
    location.save(binding({ key: '1', until: now + 1500 }));
    location.save(binding({ key: '2', until: now + 9500 }));
    expect(location.expire(now + 1000)).to.deep.equal([]);
    expect(location.find('a@one.org', now + 1600).map(({ key }) => key)).to.deep.equal(['2']);
    expect(location.expire(now + 2000).map(({ key }) => key)).to.deep.equal(['1']);
    location.save(binding({ key: '3', until: now - 5000 }));
    expect(location.expire(now + 4000).map(({ key }) => key)).to.deep.equal(['3']);
    expect(location.expire(now + 60_000).map(({ key }) => key)).to.deep.equal(['2']);
    expect(location.size).to.equal(0);
  });

  it('reaches a contact where its REGISTER came from, with its own user and parameters', () => {
    const source = { protocol: 'tcp', host: '198.51.100.7', port: 40_000 };
    const contact = 'sip:x%20y@10.0.0.2:5060;transport=udp;ob;line=7';
    expect(wayTo(binding({ contact, source }))).to.equal(
      'sip:x%20y@198.51.100.7:40000;transport=tcp;ob;line=7',
    );
    expect(wayTo(binding({ source: { ...source, protocol: 'udp', host: '2001:db8::1' } }))).to.equal(
      'sip:a@[2001:db8::1]:40000;transport=udp',
    );
  });
});

describe('edge: dispatcher', () => {
  let time = now;
  const message = (nodes: Record<string, string>, zone = 'here', expires = 20_000) =>
    ({
      Expires: expires,
      Zone: zone,
      'Media-Servers': Object.fromEntries(
        Object.entries(nodes).map(([address, instance]) => [
          `fs-${address}`,
          { 'Instance-UUID': instance, Interfaces: { p: { info: { url: `sip:mod_sofia@${address}` } } } },
        ]),
      ),
    }) as never;
  const open = (choice = 'hash', weights: Record<string, number> = {}) =>
    new Dispatcher({
      ...{ zone: 'here', choice: () => choice, weights: () => weights },
      ...{ failures: () => 3, now: () => time },
    });

  it('gives calls by weight, or all to the heaviest that lives', () => {
    const weights = { 'fs-10.0.0.1:11000': 3, 'fs-10.0.0.2:11000': 1 };
    const shareOf = (choice: string): number => {
      const dispatcher = open(choice, weights);
      const both = dispatcher.learn(message({ '10.0.0.1:11000': 'i', '10.0.0.2:11000': 'i' }));
      for (const server of both) dispatcher.note(server, 200);
      const first = Array.from({ length: 1000 }, (_, call) => dispatcher.candidates(`call-${call}`)[0]);
      return first.filter((server) => server === both[0]).length;
    };
    expect(shareOf('weight')).to.be.within(690, 810);
    expect(shareOf('hash')).to.be.within(440, 560);
    expect(shareOf('active')).to.equal(1000);
  });

  it('gives calls to those that answered, own zone first, the same Call-ID to the same one', () => {
    const dispatcher = open();
    const [a, b] = dispatcher.learn(message({ '10.0.0.1:11000': 'i', '10.0.0.2': 'i' }));
    const [far] = dispatcher.learn(message({ '10.1.0.1:11000': 'i' }, 'there'));
    expect(dispatcher.candidates('x')).to.deep.equal([]);
    for (const server of [a, b, far]) dispatcher.note(server!, 200);
    const first = dispatcher.candidates('x');
    expect(first).to.have.length(3);
    expect(first[2]).to.equal(far);
    expect(dispatcher.candidates('x')).to.deep.equal(first);
    const chosen = new Set(
      Array.from({ length: 50 }, (_, index) => dispatcher.candidates(`call-${index}`)[0]),
    );
    expect(chosen.size).to.equal(2);
    expect(dispatcher.isMediaServer({ protocol: 'udp', host: '10.0.0.2', port: 5060 }, undefined)).to.equal(
      true,
    );
    expect(dispatcher.isMediaServer({ protocol: 'tcp', host: '10.0.0.2', port: 40_000 }, 'i')).to.equal(true);
    expect(dispatcher.isMediaServer({ protocol: 'tcp', host: '10.0.0.2', port: 40_000 }, 'j')).to.equal(
      false,
    );
    expect(dispatcher.isMediaServer({ protocol: 'udp', host: '10.0.0.2', port: 40_000 }, 'i')).to.equal(
      false,
    );
  });

  it('takes turns when told to', () => {
    const dispatcher = open('round_robin');
    for (const server of dispatcher.learn(message({ 'h1:1': 'i', 'h2:1': 'i' })))
      dispatcher.note(server, 404);
    const first = () => dispatcher.candidates('x')[0];
    expect(first()).not.to.equal(first());
  });

  it('takes a server out after three losses, at 503 at once, and back at the next answer', () => {
    const dispatcher = open();
    const [server] = dispatcher.learn(message({ 'h1:1': 'i' }));
    const upAfter = (...statuses: (number | undefined)[]) => {
      for (const status of statuses) dispatcher.note(server!, status);
      return server!.up;
    };
    expect(upAfter(200, undefined, undefined)).to.equal(true);
    expect(upAfter(undefined)).to.equal(false);
    expect(upAfter(403)).to.equal(true);
    expect(upAfter(503)).to.equal(false);
  });

  it('forgets who is announced no more, and starts anew with who has restarted', () => {
    const dispatcher = open();
    const [server] = dispatcher.learn(message({ 'h1:1': 'i' }));
    dispatcher.note(server!, 200);
    expect(dispatcher.learn(message({ 'h1:1': 'i' }))).to.deep.equal([]);
    expect(dispatcher.learn(message({ 'h1:1': 'j' }))).to.have.length(1);
    expect(dispatcher.candidates('x')).to.deep.equal([]);
    time += 25_001;
    expect(dispatcher.expire()).to.have.length(1);
    expect(
      dispatcher.learn({ Expires: 1, 'Media-Servers': { x: { Interfaces: { p: 7 } }, y: null } } as never),
    ).to.deep.equal([]);
  });
});

describe('edge: addresses', () => {
  it('reads URIs and fields as phones write them', () => {
    expect(parseUri('sip:Alice:pw@EXAMPLE.org:5070;transport=TCP?x=y')).to.deep.equal({
      scheme: 'sip',
      user: 'Alice',
      host: 'example.org',
      port: 5070,
      params: ';transport=TCP',
    });
    expect(parseUri('sip:[2001:db8::1]')?.host).to.equal('[2001:db8::1]');
    for (const bad of ['', 'sip:', 'http://x', 'sip:a b@c', 'tel:+1', 'sip:a@b:x', '*'])
      expect(parseUri(bad), bad).to.equal(undefined);
    expect(uriOf('"A <b>" <sip:a@b>;tag=1')).to.equal('sip:a@b');
    expect(uriOf('sip:a@b;tag=1')).to.equal('sip:a@b');
    const { uri, params } = parseAddress(
      '"x, y" <sip:a@b;p=1>;Expires=60;+sip.instance="<urn:uuid:1>";q=0.5',
    );
    expect([uri, ...params]).to.deep.equal([
      'sip:a@b;p=1',
      ['expires', '60'],
      ['+sip.instance', '<urn:uuid:1>'],
      ['q', '0.5'],
    ]);
    expect(splitList('"a, b" <sip:a@b,c>, <sip:d@e>')).to.deep.equal(['"a, b" <sip:a@b,c>', '<sip:d@e>']);
  });

  it('takes of the trusted list what can be used', () => {
    const good = { cidrs: ['10.0.0.0/8'], ports: ['5060'], token: 't' };
    expect(entriesOf({ a: good, b: { cidrs: [] }, c: 'x', d: { token: 't' } })).to.deep.equal([
      { ...good, ports: [5060] },
    ]);
  });

  it('counts who has signed in apart from others at its address', () => {
    const limit = { per_second: 0.001, burst: 2, exempt: [] };
    const phone = { protocol: 'udp', host: '10.0.0.1', port: 5060 };
    const attacker = { ...phone, port: 666 };
    const limits = createLimits(
      () => ({ unauthenticated: limit, requests: { ...limit, burst: 5 } }),
      ({ port }) => port === phone.port,
    );
    for (const source of [attacker, attacker, phone]) limits.onStranger(source);
    expect([limits.isOver(attacker), limits.isOver(phone)]).to.deep.equal([true, false]);
    limits.onStranger(phone);
    expect(limits.isOver(phone)).to.equal(true);
    const flooder = { ...phone, host: '10.0.0.2', port: 666 };
    const over = Array.from({ length: 7 }, () => limits.isOver(flooder));
    expect(over).to.deep.equal([false, false, false, false, false, true, true]);
  });

  it('knows scanners, and counts strangers', () => {
    expect(isScanner('Friendly-Scanner', ['friendly-scanner'])).to.equal(true);
    expect(isScanner(undefined, ['x'])).to.equal(false);
    let time = 0;
    const buckets = new Buckets(
      () => ({ per_second: 1, burst: 2, exempt: ['127.0.0.0/8'] }),
      () => time,
    );
    for (let index = 0; index < 5; index++) for (const host of ['10.0.0.1', '127.0.0.1']) buckets.take(host);
    expect([buckets.isEmpty('10.0.0.1'), buckets.isEmpty('127.0.0.1')]).to.deep.equal([true, false]);
    time = 1000;
    expect(buckets.isEmpty('10.0.0.1')).to.equal(false);
    time = 9000;
    buckets.sweep();
    expect(buckets.size).to.equal(0);
  });
});
