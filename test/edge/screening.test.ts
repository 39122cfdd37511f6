// What the edge does not let near, and that those who call from beside it (the same NAT) are not hurt.
import { expect } from 'chai';
import { itMay } from './capabilities.ts';
import { nextOf } from './peer.ts';
import { sharedZone } from './shared.ts';
import { limits, realm, type Zone } from './zone.ts';

describe('edge: screening', function () {
  this.timeout(60_000);
  let zone: Zone;
  before(async () => {
    zone = await sharedZone();
  });

  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  /** A phone of somebody who has done nothing can register and call. */
  const works = async (user: string, host?: string): Promise<void> => {
    const phone = await zone.registered(user, host === undefined ? {} : { host });
    const call = phone.invite('2000');
    const { incoming } = await nextOf(
      zone.media.map((server) => server.phone),
      'INVITE',
    );
    incoming.answer(486);
    expect((await call.final).status).to.equal(486);
  };

  it('says nothing to a scanner, and others at its address are served', async () => {
    const host = '127.66.0.1';
    for (const agent of ['friendly-scanner', 'sipvicious', 'VaxSIPUserAgent/3.1']) {
      const scanner = await zone.phone('400', { host });
      const sent = [
        scanner.sendRegister({ 'User-Agent': agent }),
        scanner.ask('OPTIONS', `sip:100@${realm}`, { 'User-Agent': agent }),
      ];
      await pause(200);
      expect(sent.map(({ responses }) => responses.length)).to.deep.equal([0, 0]);
    }
    await works('400', host);
  });

  itMay('large over TCP', 'refuses what is too large, over every transport that it speaks', async () => {
    for (const way of ['udp', 'tcp'] as const) {
      const phone = await zone.phone('401', { way });
      // A datagram holds 65,507 bytes; a connection more.
      const size = way === 'udp' ? 64_000 : 66_000;
      const message = phone.ask('MESSAGE', `sip:402@${realm}`, { 'X-Long': 'a'.repeat(size) });
      const { status } = await message.final;
      expect([way, status]).to.deep.equal([way, way === 'udp' ? 407 : 513]);
    }
    await works('401');
  });

  it('outlives malformed messages, and answers none of them with success', async () => {
    const vandal = await zone.phone('403', { host: '127.66.0.2' });
    for (let index = 0; index < 90; index++) vandal.channel.send(malformed(index, vandal.channel.own.port));
    await works('403');
    // The vandal has used up what strangers of its address may send in a second.
    await pause(1_100);
    await works('411', '127.66.0.2');
    expect(vandal.wire.filter((text) => /^SIP\/2\.0 2/.test(text))).to.deep.equal([]);
  });

  it('refuses spent hops and loops', async () => {
    const phone = await zone.registered('404');
    expect((await phone.invite('2000', { 'Max-Forwards': '0' }).final).status).to.equal(483);
  });

  itMay(
    'limit of floods',
    'stops to listen to a flood, not to others, and listens again when it is over',
    async () => {
      const host = '127.66.0.3';
      const flooder = await zone.phone('405', { host });
      const sent = Array.from({ length: limits.requests * 4 }, () =>
        flooder.ask('OPTIONS', `sip:100@${realm}`),
      );
      await works('406');
      await works('407', '127.66.0.4');
      await pause(300);
      const answered = sent.filter(({ responses }) => responses.length > 0).length;
      expect(answered).to.be.below(limits.requests * 3);
    },
  );

  itMay(
    'limit of guesses',
    'stops to listen to who guesses passwords; a registered phone behind the same NAT goes on',
    async () => {
      const host = '127.66.0.5';
      const honest = await zone.registered('408', { host });
      const thief = await zone.phone('409', { host, password: 'wrong' });
      await thief.sendRegister().final.then((response) => thief.takeChallenge(response));
      const guesses = [];
      for (let guess = 0; guess < limits.strangers * 4; guess++) {
        const sent = thief.refresh();
        guesses.push(sent);
        await Promise.race([sent.final, pause(20)]);
      }
      await pause(100);
      const answered = guesses.filter(({ responses }) => responses.length > 0).length;
      expect(answered).to.be.below(limits.strangers * 3);
      // While it goes on.
      const guessing = setInterval(() => thief.refresh(), 20);
      try {
        expect((await honest.refresh().final).status).to.equal(200);
        const call = honest.invite('2000');
        const { incoming } = await nextOf(
          zone.media.map((server) => server.phone),
          'INVITE',
        );
        incoming.answer(486);
        expect((await call.final).status).to.equal(486);
      } finally {
        clearInterval(guessing);
      }
      // And a new one, soon after the thief has left.
      await works('410', host);
    },
  );
});

/** A REGISTER with one thing wrong; the kinds repeat with other values. */
function malformed(index: number, port: number): string {
  const lines: Record<string, string> = {
    start: `REGISTER sip:${realm} SIP/2.0`,
    Via: `SIP/2.0/UDP 127.66.0.2:${port};branch=z9hG4bK${index};rport`,
    From: `<sip:403@${realm}>;tag=${index}`,
    To: `<sip:403@${realm}>`,
    'Call-ID': `malformed-${index}`,
    CSeq: `${index} REGISTER`,
    Contact: `<sip:403@127.66.0.2:${port}>`,
    'Content-Length': '0',
    Expires: '60',
  };
  const nasty = [
    '',
    '<>',
    '<sip:',
    `"${'\\"'.repeat(50)}`,
    '%%%',
    '\u0000\u0007',
    ';;;;',
    '['.repeat(200),
    '*',
    '-1',
  ];
  const names = Object.keys(lines);
  const name = names[index % names.length] ?? 'start';
  lines[name] = nasty[Math.floor(index / names.length) % nasty.length] ?? '';
  const { start, ...fields } = lines;
  const text = Object.entries(fields).map(([field, value]) => `${field}: ${value}`);
  return `${[start, ...text].join('\r\n')}\r\n\r\n`;
}
