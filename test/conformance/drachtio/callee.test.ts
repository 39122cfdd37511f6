// drachtio conformance: dialogs of an application that is called.

import { expect } from 'chai';
import {
  type CallDialog,
  connect,
  type Message,
  newDeferred,
  type Request,
  type Response,
} from './application.ts';
import { ANSWER, event, finalOf, Phone, SDP } from './phone.ts';
import { RawUdp } from './raw.ts';
import { cleanUp } from './suite.ts';

describe('drachtio: an application as callee', () => {
  cleanUp();

  /** An application that answers every call, and the dialogs it gets. */
  async function answering(): Promise<{ dialog: Promise<CallDialog>; request: Promise<Request> }> {
    const dialog = newDeferred<CallDialog>();
    const received = newDeferred<Request>();
    await connect((application) => {
      application.invite((request, response) => {
        received.resolve(request);
        response.send(180, { headers: { 'X-Ring': 'yes' } });
        application.createUAS(request, response, { localSdp: ANSWER }).then(dialog.resolve, dialog.reject);
      });
    });
    return { dialog: dialog.promise, request: received.promise };
  }

  for (const protocol of ['udp', 'tcp'] as const) {
    it(`answers; the caller hangs up, over ${protocol}`, async () => {
      const { dialog, request } = await answering();
      const phone = await Phone.open('alice', protocol);
      const call = await phone.call('service');
      const ringing = call.status(180);
      const { dialog: caller, response } = await call.answered();
      expect((await ringing).headers.get('x-ring')).to.equal('yes');
      expect(response.body.toString()).to.equal(ANSWER);
      expect(response.headers.get('content-type')).to.equal('application/sdp');
      expect(response.headers.get('contact')).to.match(/sip:.*127\.0\.0\.1/);
      expect((await request).body).to.equal(SDP);
      const callee = await dialog;
      expect(callee.sip.localTag).to.equal(caller.remoteTag);
      expect(callee.sip.remoteTag).to.equal(caller.localTag);
      const destroyed = event(callee, 'destroy');
      expect((await phone.within(caller, 'BYE')).status).to.equal(200);
      await destroyed;
    });

    it(`answers and hangs up, over ${protocol}`, async () => {
      const { dialog } = await answering();
      const phone = await Phone.open('alice', protocol);
      const { dialog: caller } = await (await phone.call('service')).answered();
      const callee = await dialog;
      const bye = phone.next('BYE');
      const destroyed = callee.destroy();
      const { request, transaction } = await bye;
      expect(caller.receive(request)).to.equal(undefined);
      expect(request.headers.get('call-id')).to.equal(caller.callId);
      expect(request.headers.get('to')).to.include(caller.localTag);
      expect(request.headers.get('from')).to.include(caller.remoteTag);
      expect(request.uri).to.equal(phone.uri);
      transaction.respond(200);
      await destroyed;
    });
  }

  it('acknowledges: the application hears the ACK', async () => {
    const { dialog } = await answering();
    const phone = await Phone.open('alice');
    const call = await phone.call('service');
    const acknowledged = dialog.then((callee) => event<Request>(callee, 'ack'));
    await call.answered();
    expect((await acknowledged).method).to.equal('ACK');
  });

  it('takes INFO inside the call', async () => {
    const { dialog } = await answering();
    const phone = await Phone.open('alice');
    const { dialog: caller } = await (await phone.call('service')).answered();
    let body = '';
    (await dialog).on('info', (request: Request, response: Response) => {
      body = request.body;
      response.send(200, { headers: { 'X-Info': 'seen' } });
    });
    const headers = { 'Content-Type': 'application/dtmf-relay' };
    const response = await phone.within(caller, 'INFO', 'Signal=5\r\nDuration=160\r\n', headers);
    expect(response.status).to.equal(200);
    expect(response.headers.get('x-info')).to.equal('seen');
    expect(body).to.equal('Signal=5\r\nDuration=160\r\n');
  });

  it('takes a re-INVITE, and sends one', async () => {
    const { dialog } = await answering();
    const phone = await Phone.open('alice');
    const { dialog: caller } = await (await phone.call('service')).answered();
    const callee = await dialog;
    callee.on('modify', (_request: Request, response: Response) => response.send(200, { body: ANSWER }));
    const offer = SDP.replace('o=- 1 1', 'o=- 1 2').replace('sendrecv', 'sendonly');
    const request = caller.request('INVITE', { headers: { 'Content-Type': 'application/sdp' }, body: offer });
    const again = phone.stack.request(request);
    const response = await finalOf(again);
    expect(response.status).to.equal(200);
    expect(response.body.toString()).to.equal(ANSWER);
    caller.update(request, response);
    again.ack(caller.ack(caller.localSequence), again.target);

    const incoming = phone.next('INVITE');
    const modified = callee.modify(ANSWER.replace('sendrecv', 'inactive'));
    const received = await incoming;
    expect(received.request.body.toString()).to.include('a=inactive');
    expect(received.request.headers.get('call-id')).to.equal(caller.callId);
    const acknowledged = phone.next('ACK');
    phone.answer(received);
    expect(await modified).to.equal(ANSWER);
    expect((await acknowledged).request.headers.get('cseq')).to.match(/ ACK$/);
  });

  it('sends INFO inside the call and gets its response', async () => {
    const { dialog } = await answering();
    const phone = await Phone.open('alice');
    await (await phone.call('service')).answered();
    const incoming = phone.next('INFO');
    const sent = (await dialog).request({
      method: 'INFO',
      headers: { 'Content-Type': 'text/plain' },
      body: 'hello',
    });
    const { request, transaction } = await incoming;
    expect(request.body.toString()).to.equal('hello');
    transaction.respond(488);
    expect((await sent).status).to.equal(488);
  });

  it('rejects', async () => {
    await connect((application) => {
      application.invite((_request, response) => response.send(486, { headers: { 'Retry-After': '9' } }));
    });
    const phone = await Phone.open('alice');
    const response = await finalOf((await phone.call('service')).transaction);
    expect(response.status).to.equal(486);
    expect(response.headers.get('retry-after')).to.equal('9');
  });

  it('hears that the caller cancelled; the caller gets 487', async () => {
    const cancelled = newDeferred<Message>();
    await connect((application) => {
      application.invite((request, response) => {
        request.on('cancel', cancelled.resolve);
        response.send(180);
      });
    });
    const phone = await Phone.open('alice');
    const call = await phone.call('service');
    await call.status(180);
    const final = finalOf(call.transaction);
    call.transaction.cancel({ Reason: 'SIP;cause=200;text="elsewhere"' });
    expect((await final).status).to.equal(487);
    expect((await cancelled.promise).get('reason')).to.include('elsewhere');
  });

  it('repeats its 200 until the ACK', async () => {
    const { dialog } = await answering();
    const peer = await RawUdp.open();
    const text = peer.request('INVITE', { headers: 'Content-Type: application/sdp\r\n', body: SDP });
    const answers = (await peer.ask(text, 3)).filter(({ status }) => status === 200);
    expect(answers.length).to.be.at.least(2);
    const ok = answers[0]!;
    const acknowledged = event(await dialog, 'ack');
    const ids = {
      to: ok.headers.get('to')!,
      from: ok.headers.get('from')!,
      callId: ok.headers.get('call-id')!,
    };
    peer.send(peer.request('ACK', ids));
    await acknowledged;
    const [bye] = await peer.ask(peer.request('BYE', { ...ids, cseq: 2 }));
    expect(bye!.status).to.equal(200);
  });

  it('answers 481 to a BYE and a re-INVITE of no call, 503 to what nobody wants', async () => {
    await connect((application) => application.invite((_request, response) => response.send(480)));
    const peer = await RawUdp.open();
    const to = '<sip:x@example.org>;tag=nothere';
    expect((await peer.ask(peer.request('BYE', { to })))[0]!.status).to.equal(481);
    expect((await peer.ask(peer.request('INVITE', { to })))[0]!.status).to.equal(481);
    expect((await peer.ask(peer.request('PUBLISH', {})))[0]!.status).to.equal(503);
  });
});
