// drachtio conformance: what the network may do to a SIP server. Nothing of it may stop the next request.

import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { expect } from 'chai';
import { connect } from './application.ts';
import { RawUdp } from './raw.ts';
import { serverUnderTest } from './server.ts';
import { cleanUp } from './suite.ts';

describe('drachtio: transports', () => {
  cleanUp();

  beforeEach(async () => {
    await connect((application) => {
      application.options((_request, response) => response.send(200));
      application.message((_request, response) => response.send(202));
      application.invite((_request, response) => response.send(480));
    });
  });

  const stillAnswers = async (peer: RawUdp): Promise<void> => {
    expect((await peer.ask(peer.request('OPTIONS', {})))[0]!.status).to.equal(200);
  };

  async function tcp(): Promise<Socket> {
    const { host, port } = (await serverUnderTest()).sip('tcp');
    const socket = connectTcp({ host, port, noDelay: true });
    await once(socket, 'connect');
    return socket;
  }

  /** Collects what a socket receives until it matches. */
  function received(socket: Socket, pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      let text = '';
      socket.on('data', (data) => {
        text += data;
        if (pattern.test(text)) resolve(text);
      });
    });
  }

  const overTcp = (peer: RawUdp, method: string, body = ''): string => {
    const headers = body === '' ? '' : 'Content-Type: text/plain\r\n';
    return peer.request(method, { body, headers }).replace('SIP/2.0/UDP', 'SIP/2.0/TCP');
  };

  it('takes several messages from one TCP segment, and one from several', async () => {
    const peer = await RawUdp.open();
    const socket = await tcp();
    const three = received(socket, /(SIP\/2\.0 20[02][\s\S]*){3}/);
    const split = overTcp(peer, 'MESSAGE', 'in parts: ÄÖ');
    socket.write(overTcp(peer, 'OPTIONS') + overTcp(peer, 'MESSAGE', 'whole') + split.slice(0, 120));
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(split.slice(120, 300));
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(split.slice(300));
    expect((await three).match(/SIP\/2\.0 20[02]/g)).to.deep.equal([
      'SIP/2.0 200',
      'SIP/2.0 202',
      'SIP/2.0 202',
    ]);
    socket.destroy();
  });

  it('answers a keepalive on TCP', async () => {
    const socket = await tcp();
    const pong = received(socket, /^\r\n/);
    socket.write('\r\n\r\n');
    expect(await pong).to.equal('\r\n');
    socket.destroy();
  });

  it('accepts compact names, folded lines and odd spacing', async () => {
    const peer = await RawUdp.open();
    const { host, port } = (await serverUnderTest()).sip('udp');
    const text = [
      `OPTIONS sip:x@${host}:${port} SIP/2.0`,
      `v: SIP / 2.0 / UDP 127.0.0.1:${peer.port} ;branch=z9hG4bKodd;`,
      ' rport',
      'f:   "A. Lice" <sip:alice@example.org>;tag=1',
      't :<sip:x@example.org>',
      'i: odd@1',
      'CSEQ:  7   OPTIONS',
      'max-forwards: 9',
      'l: 0',
      '',
      '',
    ].join('\r\n');
    const [answer] = await peer.ask(text);
    expect(answer!.status).to.equal(200);
    expect(answer!.headers.get('cseq')).to.match(/^7\s+OPTIONS$/);
  });

  it('survives what is not SIP', async () => {
    const peer = await RawUdp.open();
    const good = peer.request('OPTIONS', {});
    const bad = [
      '\r\n\r\n\r\n',
      'hello',
      'GET / HTTP/1.1\r\n\r\n',
      'SIP/2.0\r\n\r\n',
      'SIP/2.0 200 OK\r\n\r\n',
      Buffer.alloc(1500, 0),
      Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 97) % 256)),
      good.slice(0, good.length / 2),
      good.replace(/Via:.*\r\n/, ''),
      good.replace(/Call-ID:.*\r\n/, ''),
      good.replace(/CSeq:.*\r\n/, 'CSeq: many OPTIONS\r\n'),
      good.replace(/From:.*\r\n/, 'From: <<>>;;;\r\n'),
      good.replace(/Content-Length:.*\r\n/, 'Content-Length: -5\r\n'),
      good.replace(/Content-Length:.*\r\n/, 'Content-Length: 99999\r\n'),
      good.replace('SIP/2.0\r\n', 'SIP/9.9\r\n'),
      good.replace('OPTIONS sip:', 'OPTIONS  sip:'),
      good.replace('Max-Forwards: 70', `X-Long: ${'a'.repeat(6000)}`),
    ];
    for (const each of bad) peer.send(each);
    await stillAnswers(peer);
    const socket = await tcp();
    socket.on('error', () => undefined);
    for (const each of bad) socket.write(each);
    socket.destroy();
    await stillAnswers(peer);
  });

  it('survives connections that break off', async () => {
    const peer = await RawUdp.open();
    for (let i = 0; i < 10; i++) {
      const socket = await tcp();
      socket.on('error', () => undefined);
      socket.write(overTcp(peer, 'OPTIONS').slice(0, 20 * i));
      socket.resetAndDestroy();
    }
    await stillAnswers(peer);
  });

  it('refuses what cannot be answered by the application', async () => {
    const peer = await RawUdp.open();
    const noTag = peer.request('INVITE', { from: '<sip:raw@example.org>' });
    expect((await peer.ask(noTag))[0]!.status).to.be.oneOf([400, 480]);
    await stillAnswers(peer);
  });
});
