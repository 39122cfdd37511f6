// drachtio conformance: an application between two phones, with a dialog to each.

import { expect } from 'chai';
import { type CallDialog, connect, newDeferred, type Request } from './application.ts';
import { ANSWER, event, finalOf, Phone } from './phone.ts';
import { cleanUp } from './suite.ts';

describe('drachtio: an application between two phones', () => {
  cleanUp();

  interface Bridge {
    alice: Phone;
    bob: Phone;
    bridged: Promise<{ uas: CallDialog; uac: CallDialog }>;
  }

  async function bridge(from: 'udp' | 'tcp' = 'udp', to: 'udp' | 'tcp' = 'udp'): Promise<Bridge> {
    const bob = await Phone.open('bob', to);
    const bridged = newDeferred<{ uas: CallDialog; uac: CallDialog }>();
    await connect((application) => {
      application.invite((request, response) => {
        application
          .createB2BUA(request, response, bob.uri, {
            localSdpB: request.body,
            proxyRequestHeaders: ['X-Through'],
          })
          .then(bridged.resolve, bridged.reject);
      });
    });
    bridged.promise.catch(() => undefined);
    return { alice: await Phone.open('alice', from), bob, bridged: bridged.promise };
  }

  for (const [from, to] of [
    ['udp', 'udp'],
    ['udp', 'tcp'],
    ['tcp', 'udp'],
  ] as const) {
    it(`connects a call from ${from} to ${to}; either side hangs up`, async () => {
      const { alice, bob, bridged } = await bridge(from, to);
      const call = await alice.call('bob', { 'X-Through': 'kept' });
      const ringing = call.status(180);
      const received = await bob.next('INVITE');
      expect(received.request.headers.get('x-through')).to.equal('kept');
      received.transaction.respond(180);
      await ringing;
      const callee = bob.answer(received);
      const { dialog: caller, response } = await call.answered();
      expect(response.body.toString()).to.equal(ANSWER);
      expect(callee.callId).not.to.equal(caller.callId);
      const { uas, uac } = await bridged;
      uac.on('destroy', () => void uas.destroy());
      await bob.next('ACK');
      const bye = alice.next('BYE');
      expect((await bob.within(callee, 'BYE')).status).to.equal(200);
      (await bye).transaction.respond(200);
    });
  }

  it('passes a rejection on', async () => {
    const { alice, bob } = await bridge();
    const call = await alice.call('bob');
    (await bob.next('INVITE')).transaction.respond(603);
    expect((await finalOf(call.transaction)).status).to.equal(603);
  });

  it('cancels the callee when the caller gives up', async () => {
    const { alice, bob, bridged } = await bridge();
    const call = await alice.call('bob');
    const ringing = call.status(180);
    const { transaction } = await bob.next('INVITE');
    const cancelled = event(transaction, 'cancel');
    transaction.respond(180);
    await ringing;
    const final = finalOf(call.transaction);
    call.transaction.cancel();
    await cancelled;
    transaction.respond(487);
    expect((await final).status).to.equal(487);
    expect(await bridged.catch((error: { status: number }) => error.status)).to.equal(487);
  });

  it('gives up a callee that does not answer', async () => {
    const bob = await Phone.open('bob');
    await connect((application) => {
      application.invite((request, response) => {
        const cbRequest = (_error: unknown, sent: Request): void => {
          setTimeout(() => sent.cancel(), 100);
        };
        application
          .createUAC(bob.uri, { localSdp: request.body }, { cbRequest })
          .catch(() => response.send(480));
      });
    });
    const alice = await Phone.open('alice');
    const call = await alice.call('bob');
    const { transaction } = await bob.next('INVITE');
    transaction.on('cancel', () => transaction.respond(487));
    transaction.respond(180);
    expect((await finalOf(call.transaction)).status).to.equal(480);
  });
});
