// drachtio conformance: dialogs of an application that calls.

import { expect } from 'chai';
import { type CallDialog, connect, newDeferred, type Request, type Response } from './application.ts';
import { ANSWER, event, Phone, SDP } from './phone.ts';
import { cleanUp } from './suite.ts';

describe('drachtio: an application as caller', () => {
  cleanUp();

  for (const protocol of ['udp', 'tcp'] as const) {
    it(`calls; the callee hangs up, over ${protocol}`, async () => {
      const application = await connect();
      const phone = await Phone.open('bob', protocol);
      const ringing = newDeferred<Response>();
      const called = application.createUAC(
        phone.uri,
        { localSdp: SDP, headers: { 'X-Call': '7' }, callingNumber: '1000' },
        { cbProvisional: ringing.resolve },
      );
      const received = await phone.next('INVITE');
      expect(received.request.headers.get('x-call')).to.equal('7');
      expect(received.request.headers.get('from')).to.match(/sip:1000@127\.0\.0\.1/);
      expect(received.request.headers.get('contact')).to.match(/127\.0\.0\.1/);
      expect(received.request.body.toString()).to.equal(SDP);
      received.transaction.respond(180);
      expect((await ringing.promise).status).to.equal(180);
      const acknowledged = phone.next('ACK');
      const callee = phone.answer(received);
      const dialog = await called;
      expect(dialog.remote.sdp).to.equal(ANSWER);
      expect((await acknowledged).request.uri).to.equal(phone.uri);
      const destroyed = event(dialog, 'destroy');
      expect((await phone.within(callee, 'BYE')).status).to.equal(200);
      await destroyed;
    });
  }

  it('hangs up', async () => {
    const application = await connect();
    const phone = await Phone.open('bob');
    const called = application.createUAC(phone.uri, { localSdp: SDP });
    const callee = phone.answer(await phone.next('INVITE'));
    const dialog = await called;
    const gone = dialog.destroy();
    const { request, transaction } = await phone.next('BYE');
    expect(callee.receive(request)).to.equal(undefined);
    transaction.respond(200);
    await gone;
  });

  it('is told of a rejection', async () => {
    const application = await connect();
    const phone = await Phone.open('bob');
    const called = application
      .createUAC(phone.uri, { localSdp: SDP })
      .catch((error: { status: number }) => error);
    (await phone.next('INVITE')).transaction.respond(486, 'Busy');
    expect(await called).to.include({ status: 486, reason: 'Busy' });
  });

  it('cancels', async () => {
    const application = await connect();
    const phone = await Phone.open('bob');
    const sent = newDeferred<Request>();
    const callbacks = { cbRequest: (_error: unknown, request: Request) => sent.resolve(request) };
    const called = application
      .createUAC(phone.uri, { localSdp: SDP }, callbacks)
      .catch((error: { status: number }) => error);
    const { transaction } = await phone.next('INVITE');
    const cancelled = event(transaction, 'cancel');
    transaction.respond(180);
    (await sent.promise).cancel();
    await cancelled;
    transaction.respond(487);
    expect(await called).to.include({ status: 487 });
  });

  it('answers a challenge', async () => {
    const application = await connect();
    const phone = await Phone.open('bob');
    const called = application.createUAC(phone.uri, {
      localSdp: SDP,
      auth: { username: 'u', password: 'p' },
    });
    const first = await phone.next('INVITE');
    first.transaction.respond(407, undefined, {
      headers: { 'Proxy-Authenticate': 'Digest realm="r", nonce="n"' },
    });
    const second = await phone.next('INVITE');
    expect(second.request.headers.get('proxy-authorization')).to.include('username="u"');
    expect(second.request.headers.get('call-id')).to.equal(first.request.headers.get('call-id'));
    phone.answer(second);
    expect((await called).remote.sdp).to.equal(ANSWER);
  });

  it('offers in the ACK', async () => {
    const application = await connect();
    const phone = await Phone.open('bob');
    const called = application.createUAC(phone.uri, { noAck: true }) as unknown as Promise<{
      sdp: string;
      ack(sdp: string): Promise<CallDialog>;
    }>;
    const received = await phone.next('INVITE');
    expect(received.request.body.length).to.equal(0);
    phone.answer(received);
    const { sdp, ack } = await called;
    expect(sdp).to.equal(ANSWER);
    await ack(SDP);
    expect((await phone.next('ACK')).request.body.toString()).to.equal(SDP);
  });

  it('is refused what cannot be sent', async () => {
    const application = await connect();
    const failure = await application
      .request('sip:bob@127.0.0.1:1;transport=tls', { method: 'OPTIONS' })
      .catch((error: Error) => error);
    expect(failure).to.be.instanceOf(Error);
  });
});
