// drachtio conformance: dialogs with phones whose Contact is an address at which nobody is.

import { expect } from 'chai';
import type { Protocol } from '../../../rel/embedded/sip/stack/index.ts';
import { type CallDialog, connect, disconnect, newDeferred, type Request } from './application.ts';
import { ANSWER, event, finalOf, Phone } from './phone.ts';
import { serverUnderTest } from './server.ts';
import { cleanUp } from './suite.ts';

describe('drachtio: a phone behind a NAT', () => {
  cleanUp();

  let hosts = 0;
  /** Another one for each: the server may keep connections by user and host of a Contact. */
  const lie = (user: string, protocol: Protocol): string => {
    hosts += 1;
    return `<sip:${user}@10.254.0.${hosts}:5062${protocol === 'udp' ? '' : `;transport=${protocol}`}>`;
  };

  for (const protocol of ['udp', 'tcp'] as const) {
    it(`that has called over ${protocol} gets requests of the dialog where its call came from`, async () => {
      const dialog = newDeferred<CallDialog>();
      await connect((application) => {
        application.invite((request, response) => {
          const contact = `<sip:app@localhost${protocol === 'udp' ? '' : `;transport=${protocol}`}>`;
          const options = { localSdp: ANSWER, headers: { Contact: contact } };
          application.createUAS(request, response, options).then(dialog.resolve, dialog.reject);
        });
      });
      const phone = await Phone.open('alice', protocol);
      const { dialog: caller, response } = await (
        await phone.call('service', { Contact: lie('alice', protocol) })
      ).answered();
      const { port } = (await serverUnderTest()).sip(protocol);
      expect(response.headers.get('contact')).to.include(`sip:app@127.0.0.1:${port}`);
      const callee = await dialog.promise;
      await exchange(callee, phone);
      expect((await phone.within(caller, 'BYE')).status).to.equal(200);
    });

    it(`that is called over ${protocol} gets requests of the dialog where the call went to`, async () => {
      const application = await connect();
      const phone = await Phone.open('bob', protocol);
      const contact = lie('bob', protocol);
      const uri = contact.slice(1, -1);
      const calling = application.createUAC(uri, {
        localSdp: ANSWER,
        proxy: phone.uri,
        headers: { 'Call-ID': `nat-${protocol}-${Date.now()}` },
      });
      const received = await phone.next('INVITE');
      expect(received.request.uri).to.equal(uri);
      expect(received.request.headers.get('call-id')).to.match(/^nat-/);
      received.transaction.respond(200, 'OK', {
        headers: { Contact: contact, 'Content-Type': 'application/sdp' },
        body: ANSWER,
      });
      const caller = await calling;
      await phone.next('ACK');
      await exchange(caller, phone);
      const bye = phone.next('BYE');
      const destroyed = caller.destroy();
      (await bye).transaction.respond(200);
      await destroyed;
    });
  }

  /** INFO and a re-INVITE with its ACK reach the phone. */
  async function exchange(dialog: CallDialog, phone: Phone): Promise<void> {
    const asked = dialog.request({ method: 'INFO', headers: { 'Content-Type': 'text/plain' }, body: 'x' });
    (await phone.next('INFO')).transaction.respond(200);
    expect((await asked).status).to.equal(200);
    const modified = dialog.modify(ANSWER);
    (await phone.next('INVITE')).transaction.respond(200, 'OK', {
      headers: { Contact: lie('moved', phone.protocol), 'Content-Type': 'application/sdp' },
      body: ANSWER,
    });
    expect(await modified).to.equal(ANSWER);
    await phone.next('ACK');
  }

  it('keeps its Call-ID on both sides of an application, which passes the reason of a CANCEL on', async () => {
    const bob = await Phone.open('bob');
    await connect((application) => {
      application.invite((request, response) => {
        const headers = { 'Call-ID': request.get('Call-ID'), From: '<sip:alice@example.org>' };
        const cbRequest = (_error: unknown, sent: Request): void => {
          request.on('cancel', () => sent.cancel({ headers: { Reason: 'SIP;cause=200' } }, () => undefined));
        };
        const cbProvisional = (): void => response.send(180);
        application
          .createUAC(bob.uri, { localSdp: request.body, headers }, { cbRequest, cbProvisional })
          .catch(() => undefined);
      });
    });
    const alice = await Phone.open('alice');
    const call = await alice.call('bob');
    const ringing = call.status(180);
    const { request, transaction } = await bob.next('INVITE');
    expect(request.headers.get('call-id')).to.equal(call.transaction.request.headers.get('call-id'));
    expect(request.headers.get('from')).not.to.equal(call.transaction.request.headers.get('from'));
    const cancelled = event<{ headers: { get(name: string): string } }>(transaction, 'cancel');
    transaction.respond(180);
    await ringing;
    const final = finalOf(call.transaction);
    call.transaction.cancel();
    expect((await cancelled).headers.get('reason')).to.equal('SIP;cause=200');
    transaction.respond(487);
    expect((await final).status).to.equal(487);
  });

  it('can be hung up by an application that has lost its connection and is back', async () => {
    const dialog = newDeferred<CallDialog>();
    const first = await connect((application) => {
      application.invite((request, response) => {
        application.createUAS(request, response, { localSdp: ANSWER }).then(dialog.resolve, dialog.reject);
      });
    });
    const phone = await Phone.open('alice');
    const { dialog: caller } = await (await phone.call('service')).answered();
    const { id } = await dialog.promise;
    await disconnect(first);
    // What comes meanwhile finds nobody.
    expect((await phone.within(caller, 'INFO', 'x', { 'Content-Type': 'text/plain' })).status).to.equal(481);
    const second = await connect();
    const bye = phone.next('BYE');
    await second.request('sip:placeholder', { method: 'BYE', stackDialogId: id });
    (await bye).transaction.respond(200);
  });
});
