// drachtio conformance: REGISTER and other requests outside of dialogs, and what is told of their source.

import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { parseAuth, parseVia } from '../../../rel/embedded/sip/stack/index.ts';
import { connect, type Request } from './application.ts';
import { finalOf, Phone } from './phone.ts';
import { RawUdp } from './raw.ts';
import { serverUnderTest } from './server.ts';
import { cleanUp } from './suite.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

describe('drachtio: requests outside dialogs', () => {
  cleanUp();

  it('registers with a digest', async () => {
    const nonce = 'abc123';
    await connect((application) => {
      application.register((request, response) => {
        if (!request.has('authorization')) {
          const challenge = `Digest realm="example.org", nonce="${nonce}", algorithm=MD5, qop="auth"`;
          return response.send(401, { headers: { 'WWW-Authenticate': challenge } });
        }
        const { params } = parseAuth(request.get('authorization'));
        const ha1 = md5('alice:example.org:secret');
        const ha2 = md5(`REGISTER:${params.get('uri')}`);
        const right = md5(`${ha1}:${nonce}:00000001:c:auth:${ha2}`) === params.get('response');
        response.send(right ? 200 : 403, { headers: { Contact: `${request.get('contact')};expires=60` } });
      });
    });
    const phone = await Phone.open('alice');
    const challenged = await finalOf(await phone.send('REGISTER', 'alice'));
    expect(challenged.status).to.equal(401);
    const { params } = parseAuth(challenged.headers.get('www-authenticate') ?? '');
    expect(params.get('nonce')).to.equal(nonce);
    const uri = 'sip:example.org';
    const digest = md5(
      `${md5('alice:example.org:secret')}:${nonce}:00000001:c:auth:${md5(`REGISTER:${uri}`)}`,
    );
    const Authorization = `Digest username="alice", realm="example.org", nonce="${nonce}", uri="${uri}", response="${digest}", qop=auth, nc=00000001, cnonce="c", algorithm=MD5`;
    const accepted = await finalOf(await phone.send('REGISTER', 'alice', { Authorization }));
    expect(accepted.status).to.equal(200);
    expect(accepted.headers.get('contact')).to.include('expires=60');
  });

  for (const protocol of ['udp', 'tcp'] as const) {
    it(`tells where a request came from, over ${protocol}`, async () => {
      const seen = new Promise<Request>((resolve) => {
        void connect((application) => {
          application.options((request, response) => {
            resolve(request);
            response.send(200, { headers: { 'X-Answer': 'yes' } });
          });
        }).then(() => go());
      });
      const phone = await Phone.open('alice', protocol);
      let final: Promise<{ status: number }> | undefined;
      const go = async (): Promise<void> => {
        final = finalOf(await phone.send('OPTIONS', 'ping'));
      };
      const request = await seen;
      expect((await final)?.status).to.equal(200);
      expect(request.source_address).to.equal('127.0.0.1');
      expect(request.protocol).to.equal(protocol);
      if (protocol === 'udp') expect(request.source_port).to.equal(phone.stack.addresses[0]?.port);
      const { host, port } = (await serverUnderTest()).sip(protocol);
      expect(request.receivedOn).to.equal(`${host}:${port}`);
      const via = parseVia(request.get('via'));
      expect(via.params.get('received')).to.be.oneOf(['127.0.0.1', undefined]);
      expect(Number(via.params.get('rport'))).to.equal(request.source_port);
    });
  }

  it('answers to where the request came from, and says so in Via', async () => {
    await connect((application) => application.options((_request, response) => response.send(200)));
    const peer = await RawUdp.open();
    const [answer] = await peer.ask(
      peer.request('OPTIONS', { via: 'SIP/2.0/UDP 192.0.2.1:9999;branch=z9hG4bKnat;rport' }),
    );
    const via = parseVia(answer!.headers.get('via') ?? '');
    expect(via.host).to.equal('192.0.2.1');
    expect(via.params.get('received')).to.equal('127.0.0.1');
    expect(via.params.get('rport')).to.equal(String(peer.port));
  });

  it('absorbs retransmissions', async () => {
    let handled = 0;
    await connect((application) => {
      application.register((_request, response) => {
        handled += 1;
        setTimeout(() => response.send(403), 50);
      });
    });
    const peer = await RawUdp.open();
    const text = peer.request('REGISTER', {});
    peer.send(text);
    peer.send(text);
    const [first] = await peer.ask(text);
    const [again] = await peer.ask(text);
    expect(first!.status).to.equal(403);
    expect(again!.headers.get('to')).to.equal(first!.headers.get('to'));
    expect(handled).to.equal(1);
  });

  it('refuses Contact * with an expiry', async () => {
    await connect((application) => application.register((_request, response) => response.send(200)));
    const peer = await RawUdp.open();
    const [answer] = await peer.ask(peer.request('REGISTER', { contact: '*', headers: 'Expires: 60\r\n' }));
    expect(answer!.status).to.equal(400);
  });

  it('carries MESSAGE with a body in any script, and answers with body and headers', async () => {
    let body = '';
    await connect((application) => {
      application.message((request, response) => {
        body = request.body;
        response.send(202, { headers: { 'X-Reply': 'a, b', 'Content-Type': 'text/plain' }, body: 'merci' });
      });
    });
    const phone = await Phone.open('alice');
    const text = 'Grüße · 你好 · 🎺';
    const response = await finalOf(
      await phone.send('MESSAGE', 'bob', { 'Content-Type': 'text/plain' }, text),
    );
    expect(response.status).to.equal(202);
    expect(response.body.toString()).to.equal('merci');
    expect(response.headers.get('x-reply')).to.equal('a, b');
    expect(body).to.equal(text);
  });

  // The real server refuses messages of about 8.5 kB and more with 400, the embedded one from 1 MB on.
  for (const protocol of ['udp', 'tcp'] as const) {
    const size = 8000;
    it(`carries a body of ${size} bytes over ${protocol}`, async () => {
      let length = 0;
      await connect((application) => {
        application.message((request, response) => {
          length = request.body.length;
          response.send(200);
        });
      });
      const phone = await Phone.open('alice', protocol);
      const final = finalOf(
        await phone.send('MESSAGE', 'bob', { 'Content-Type': 'text/plain' }, 'x'.repeat(size)),
      );
      expect((await final).status).to.equal(200);
      expect(length).to.equal(size);
    });
  }

  it('sends requests of an application, with its headers, and gives the responses', async () => {
    const application = await connect();
    const phone = await Phone.open('bob');
    const request = await application.request(phone.uri, {
      method: 'OPTIONS',
      headers: { 'X-Probe': '1', From: 'sip:probe@localhost' },
    });
    const answered = new Promise<{ status: number; reason: string }>((resolve) =>
      request.on('response', resolve),
    );
    const received = await phone.next('OPTIONS');
    expect(received.request.headers.get('x-probe')).to.equal('1');
    expect(received.request.headers.get('from')).to.match(/sip:probe@127\.0\.0\.1:\d+>?;tag=./);
    expect(received.request.headers.has('max-forwards')).to.equal(true);
    received.transaction.respond(405, 'Not here');
    expect(await answered).to.include({ status: 405, reason: 'Not here' });
  });

  it('sends a request to the proxy that the application names, leaving the Request-URI', async () => {
    const application = await connect();
    const phone = await Phone.open('bob');
    const sent = await application.request('sip:someone@example.org', {
      method: 'OPTIONS',
      proxy: phone.uri,
    });
    const answered = new Promise<{ status: number }>((resolve) => sent.on('response', resolve));
    const received = await phone.next('OPTIONS');
    expect(received.request.uri).to.equal('sip:someone@example.org');
    received.transaction.respond(200);
    expect((await answered).status).to.equal(200);
  });

  it('reaches a contact that registered over TCP by its own connection', async () => {
    const application = await connect((each) => {
      each.register((request, response) => {
        response.send(200, { headers: { Contact: `${request.get('contact')};expires=60` } });
      });
    });
    const phone = await Phone.open('carol', 'tcp');
    const Contact = '<sip:carol@127.0.0.1:9;transport=tcp>';
    const registered = await phone.register(Contact);
    expect(registered.status).to.equal(200);
    const request = await application.request('sip:carol@127.0.0.1:9;transport=tcp', { method: 'OPTIONS' });
    const answered = new Promise<{ status: number }>((resolve) => request.on('response', resolve));
    (await phone.next('OPTIONS')).transaction.respond(200);
    expect((await answered).status).to.equal(200);
  });
});
