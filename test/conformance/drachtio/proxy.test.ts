// drachtio conformance: requests that an application proxies, and dialogs that the server stays in by Record-Route.

import { expect } from 'chai';
import { connect, newDeferred, type ProxyResult, type Request } from './application.ts';
import { ANSWER, event, finalOf, Phone, SDP } from './phone.ts';
import { cleanUp } from './suite.ts';

describe('drachtio: an application as proxy', () => {
  cleanUp();

  /** An application that proxies INVITE and MESSAGE to the destinations, and what came of the first. */
  async function proxying(
    destinations: string | string[],
    options: object,
  ): Promise<{ outcome: Promise<ProxyResult> }> {
    const outcome = newDeferred<ProxyResult>();
    outcome.promise.catch(() => undefined);
    await connect((application) => {
      const forward = (request: Request): void => {
        application.proxyRequest(request, destinations, options).then(outcome.resolve, outcome.reject);
      };
      application.invite(forward);
      application.message(forward);
    });
    return { outcome: outcome.promise };
  }

  const statusesOf = ({ responses }: ProxyResult): number[] =>
    responses.flatMap(({ msgs }) => msgs.map(({ status }) => status));

  for (const [from, to] of [
    ['udp', 'udp'],
    ['tcp', 'tcp'],
  ] as const) {
    it(`stays in the dialog: re-INVITE and BYE pass through, from ${from} to ${to}`, async () => {
      const [alice, bob] = [await Phone.open('alice', from), await Phone.open('bob', to)];
      const { outcome } = await proxying(bob.uri, { remainInDialog: true });
      const call = await alice.call('bob');
      const ringing = call.status(180);
      const received = await bob.next('INVITE');
      expect(received.request.headers.getAll('record-route')[0]).to.match(/127\.0\.0\.1.*;lr/);
      expect(received.request.headers.getAll('via')).to.have.length(2);
      expect(received.request.headers.get('max-forwards')).to.equal('69');
      expect(received.request.uri).to.equal(bob.uri);
      received.transaction.respond(180);
      await ringing;
      const callee = bob.answer(received);
      const { dialog: caller, response } = await call.answered();
      expect(response.headers.getAll('via')).to.have.length(1);
      expect(caller.callId).to.equal(callee.callId);
      expect(caller.routeSet.length).to.be.at.least(1);
      expect((await bob.next('ACK')).request.headers.has('route')).to.equal(false);
      expect(await outcome).to.include({ connected: true, finalStatus: 200 });

      const offer = { headers: { 'Content-Type': 'application/sdp' }, body: SDP };
      const again = bob.stack.request(callee.request('INVITE', offer));
      const incoming = await alice.next('INVITE');
      expect(caller.receive(incoming.request)).to.equal(undefined);
      const reanswered = finalOf(again);
      incoming.transaction.respond(200, 'OK', { headers: { Contact: alice.contact }, body: ANSWER });
      expect((await reanswered).status).to.equal(200);
      again.ack(callee.ack(callee.localSequence), again.target);
      await alice.next('ACK');

      const bye = bob.next('BYE');
      const done = alice.within(caller, 'BYE');
      const { request, transaction } = await bye;
      expect(request.headers.has('route')).to.equal(false);
      transaction.respond(200);
      expect((await done).status).to.equal(200);
    });
  }

  it('leaves the dialog when it was not told to stay', async () => {
    const [alice, bob] = [await Phone.open('alice'), await Phone.open('bob')];
    await proxying(bob.uri, {});
    const call = await alice.call('bob');
    const received = await bob.next('INVITE');
    expect(received.request.headers.has('record-route')).to.equal(false);
    bob.answer(received);
    const { dialog } = await call.answered();
    expect((await bob.next('ACK')).source.remote.port).to.equal(alice.stack.addresses[0]?.port);
    const bye = bob.next('BYE');
    const done = alice.within(dialog, 'BYE');
    (await bye).transaction.respond(200);
    expect((await done).status).to.equal(200);
  });

  it('forks to all: the first answer wins, the others are cancelled', async () => {
    const [alice, bob, carol] = [
      await Phone.open('alice'),
      await Phone.open('bob'),
      await Phone.open('carol'),
    ];
    const { outcome } = await proxying([bob.uri, carol.uri], {
      forking: 'simultaneous',
      remainInDialog: true,
    });
    const call = await alice.call('both');
    const atBob = await bob.next('INVITE');
    const atCarol = await carol.next('INVITE');
    const cancelled = event(atBob.transaction, 'cancel');
    atBob.transaction.respond(180);
    atCarol.transaction.respond(180);
    carol.answer(atCarol);
    const { response } = await call.answered();
    expect(response.headers.get('contact')).to.include(carol.uri);
    await cancelled;
    atBob.transaction.respond(487);
    expect((await outcome).connected).to.equal(true);
    await carol.next('ACK');
  });

  it('tries one after another', async () => {
    const [alice, bob, carol] = [
      await Phone.open('alice'),
      await Phone.open('bob'),
      await Phone.open('carol'),
    ];
    const { outcome } = await proxying([bob.uri, carol.uri], {});
    const call = await alice.call('either');
    const atBob = await bob.next('INVITE');
    expect(carol.hasNone('INVITE')).to.equal(true);
    atBob.transaction.respond(486);
    carol.answer(await carol.next('INVITE'));
    await call.answered();
    expect(call.statuses).not.to.include(486);
    expect(statusesOf(await outcome)).to.deep.equal([486, 200]);
  });

  it('gives back the best of several failures', async () => {
    const [alice, bob, carol] = [
      await Phone.open('alice'),
      await Phone.open('bob'),
      await Phone.open('carol'),
    ];
    const { outcome } = await proxying([bob.uri, carol.uri], { forking: 'simultaneous' });
    const call = await alice.call('both');
    const final = finalOf(call.transaction);
    (await bob.next('INVITE')).transaction.respond(500);
    (await carol.next('INVITE')).transaction.respond(404);
    expect((await final).status).to.equal(404);
    expect((await outcome).connected).to.equal(false);
  });

  it('passes the CANCEL of the caller on', async () => {
    const [alice, bob] = [await Phone.open('alice'), await Phone.open('bob')];
    const { outcome } = await proxying(bob.uri, { remainInDialog: true });
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
    expect((await outcome).connected).to.equal(false);
  });

  it('follows redirections when told to', async () => {
    const [alice, bob, carol] = [
      await Phone.open('alice'),
      await Phone.open('bob'),
      await Phone.open('carol'),
    ];
    await proxying(bob.uri, { followRedirects: true, remainInDialog: true });
    const call = await alice.call('bob');
    (await bob.next('INVITE')).transaction.respond(302, undefined, { headers: { Contact: carol.contact } });
    carol.answer(await carol.next('INVITE'));
    await call.answered();
    expect(call.statuses).not.to.include(302);
  });

  it('passes a redirection on when not told to follow it', async () => {
    const [alice, bob] = [await Phone.open('alice'), await Phone.open('bob')];
    await proxying(bob.uri, {});
    const call = await alice.call('bob');
    const final = finalOf(call.transaction);
    (await bob.next('INVITE')).transaction.respond(302, undefined, {
      headers: { Contact: '<sip:c@127.0.0.1:9>' },
    });
    expect((await final).status).to.equal(302);
  });

  it('tries the next destination when one gives no sign of life', async () => {
    const [alice, bob, silent] = [
      await Phone.open('alice'),
      await Phone.open('bob'),
      await Phone.open('silent'),
    ];
    const dead = silent.uri;
    await silent.stack.close();
    await proxying([dead, bob.uri], { provisionalTimeout: '300ms', remainInDialog: true });
    const call = await alice.call('bob');
    bob.answer(await bob.next('INVITE'));
    await call.answered();
  });

  it('proxies a MESSAGE and its response', async () => {
    const [alice, bob] = [await Phone.open('alice'), await Phone.open('bob')];
    const { outcome } = await proxying(bob.uri, {});
    const final = finalOf(await alice.send('MESSAGE', 'bob', { 'Content-Type': 'text/plain' }, 'hello'));
    const { request, transaction } = await bob.next('MESSAGE');
    expect(request.body.toString()).to.equal('hello');
    transaction.respond(202, 'Taken', { headers: { 'X-Back': '1' } });
    const response = await final;
    expect(response.status).to.equal(202);
    expect(response.headers.get('x-back')).to.equal('1');
    await outcome;
  });

  it('adds the header fields that the application names', async () => {
    const [alice, bob] = [await Phone.open('alice'), await Phone.open('bob')];
    await proxying(bob.uri, { headers: { 'X-Account': 'abc' } });
    const call = await alice.call('bob');
    const final = finalOf(call.transaction);
    const { request, transaction } = await bob.next('INVITE');
    expect(request.headers.get('x-account')).to.equal('abc');
    transaction.respond(404);
    expect((await final).status).to.equal(404);
  });

  it('answers 483 when there are no hops left', async () => {
    const [alice, bob] = [await Phone.open('alice'), await Phone.open('bob')];
    const { outcome } = await proxying(bob.uri, {});
    const call = await alice.call('bob', { 'Max-Forwards': '0' });
    expect((await finalOf(call.transaction)).status).to.equal(483);
    expect(String(await outcome.catch((error: unknown) => error))).to.include('483');
  });
});
