// Dialog state of both ends (RFC 3261 §12).

import { expect } from 'chai';
import { Dialog, dialogIdOf, Headers, newRequest, type SipRequest, type SipResponse } from './index.ts';

const invite = (): SipRequest =>
  newRequest('INVITE', 'sip:bob@example.org', {
    from: 'sip:alice@example.org',
    contact: 'sip:alice@10.0.0.1',
  });

function respond(request: SipRequest, status: number, extra: Record<string, string | string[]>): SipResponse {
  const headers = new Headers(request.headers);
  headers
    .set('To', `${headers.get('to')};tag=callee`)
    .delete('contact')
    .merge(extra);
  return { status, reason: '', headers, body: Buffer.alloc(0) };
}

const ROUTES = { 'Record-Route': ['<sip:p2;lr>', '<sip:p1;lr>'], Contact: '<sip:bob@10.0.0.2:5070>' };

describe('sip dialog', () => {
  it('is the same seen from both ends', () => {
    const request = invite();
    request.headers.add('Record-Route', ROUTES['Record-Route']);
    const caller = Dialog.fromResponse(request, respond(request, 200, ROUTES));
    const callee = Dialog.fromRequest(request, 'callee', '<sip:bob@10.0.0.2:5070>');
    expect(caller.routeSet).to.deep.equal([...callee.routeSet].reverse());
    const bye = caller.request('BYE');
    expect(bye.uri).to.equal('sip:bob@10.0.0.2:5070');
    expect(bye.headers.getAll('route')).to.deep.equal(['<sip:p1;lr>', '<sip:p2;lr>']);
    expect(bye.headers.get('cseq')).to.equal('2 BYE');
    expect(dialogIdOf(bye)).to.equal(callee.id);
    expect(callee.receive(bye)).to.equal(undefined);
    expect(callee.state).to.equal('terminated');
    const info = callee.request('INFO');
    expect(info.uri).to.equal('sip:alice@10.0.0.1');
    expect(dialogIdOf(info)).to.equal(caller.id);
  });

  it('refuses what is out of order and learns a new target', () => {
    const request = invite();
    const caller = Dialog.fromResponse(request, respond(request, 200, ROUTES));
    const callee = Dialog.fromRequest(request, 'callee', '<sip:bob@10.0.0.2>');
    const again = caller.request('INVITE', { headers: { Contact: '<sip:alice@10.0.0.9>' } });
    expect(callee.receive(again)).to.equal(undefined);
    expect(callee.remoteTarget).to.equal('sip:alice@10.0.0.9');
    expect(callee.receive(again)).to.equal(500);
    caller.update(again, respond(again, 200, { Contact: '<sip:bob@10.0.0.8>' }));
    expect(caller.remoteTarget).to.equal('sip:bob@10.0.0.8');
    expect(caller.ack(2).headers.get('cseq')).to.equal('2 ACK');
  });

  it('goes from early to confirmed with the routes of the 2xx', () => {
    const request = invite();
    const dialog = Dialog.fromResponse(request, respond(request, 180, { Contact: '<sip:early@h>' }));
    expect(dialog.state).to.equal('early');
    dialog.update(request, respond(request, 200, ROUTES));
    expect(dialog.state).to.equal('confirmed');
    expect(dialog.routeSet).to.deep.equal(['<sip:p1;lr>', '<sip:p2;lr>']);
    expect(dialog.remoteTarget).to.equal('sip:bob@10.0.0.2:5070');
  });

  it('serves a strict router', () => {
    const request = invite();
    const dialog = Dialog.fromResponse(
      request,
      respond(request, 200, { ...ROUTES, 'Record-Route': ['<sip:p2;lr>', '<sip:strict>'] }),
    );
    const bye = dialog.request('BYE');
    expect(bye.uri).to.equal('sip:strict');
    expect(bye.headers.getAll('route')).to.deep.equal(['<sip:p2;lr>', '<sip:bob@10.0.0.2:5070>']);
  });

  it('ends on 481 and 408, not on other failures', () => {
    const request = invite();
    const dialog = Dialog.fromResponse(request, respond(request, 200, ROUTES));
    dialog.update(dialog.request('INFO'), respond(request, 500, {}));
    expect(dialog.state).to.equal('confirmed');
    dialog.update(dialog.request('INFO'), respond(request, 481, {}));
    expect(dialog.state).to.equal('terminated');
  });
});
