// Transfers by the phones whose two calls are on two switches (RFC 3891). The second switch is our own, or the FreeSWITCH that
// MIRLITON_FREESWITCH_2 names. Where a call is that is not here, the switch looks up in its hash (rel/freeswitch/conf/freeswitch.xml).
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { EventClient } from './client.ts';
import type { Phone, PhoneCall } from './phone.ts';
import { answeredCall, openTarget, type Target } from './target.ts';

describe('attended transfer over two switches', () => {
  let here: Target;
  let there: Target;
  let client: EventClient;
  let other: EventClient;
  let phones: Phone[];

  before(async () => {
    [here, there] = [await openTarget(), await openTarget('MIRLITON_FREESWITCH_2')];
    [client, other] = [await here.client(), await there.client()];
    phones = [];
  });
  after(() => Promise.all([here.stop(), there.stop()]));
  afterEach(async () => {
    for (const { id } of phones.flatMap(({ calls }) => calls))
      for (const it of [client, other]) await it.api(`uuid_kill ${id}`);
  });

  const phone = async (target: Target, name: string): Promise<Phone> => {
    const opened = await target.phone(name);
    phones.push(opened);
    return opened;
  };
  const bridged = async (at: EventClient, caller: Phone, callee: Phone): Promise<[PhoneCall, PhoneCall]> => {
    const call = await answeredCall(at, caller);
    await at.start(call.id, 'bridge', callee.dialString);
    const far = await callee.incoming();
    far.answer();
    await at.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
    return [call, far];
  };
  /** Alice talks to Bob here, who holds her and has called Carol there. */
  const consulted = async () => {
    const [first, kept] = await bridged(client, await phone(here, '1001'), await phone(here, '1002'));
    await kept.hold(true);
    const [consulting, third] = await bridged(other, await phone(there, '1002'), await phone(there, '1003'));
    return { first, kept, consulting, third };
  };
  /** Notes a call, or an address, to be at the other switch. */
  const note = async (name: string): Promise<void> => {
    const key = createHash('md5').update(name).digest('hex');
    await client.api(`hash insert/mirliton_places/${key}/${there.host}:${there.sipPort}`);
  };
  const refer = async (kept: PhoneCall, at: string, replaces: string): Promise<string> => {
    const target = `<sip:1003@${at}?Replaces=${encodeURIComponent(replaces)}>`;
    const headers = { 'Refer-To': target, 'Referred-By': '<sip:1002@127.0.0.1>' };
    const ends = () =>
      kept.requests.filter((it) => it.method === 'NOTIFY' && !it.body.toString().includes('100 '));
    const before = ends().length;
    expect((await kept.send('REFER', { headers })).status).to.equal(202);
    const told = await kept.until('how it ended', () => ends()[before]);
    return told.body.toString().trim();
  };
  const hear = async (from: PhoneCall, to: PhoneCall): Promise<void> => {
    const heard = to.hears(1100, 5000);
    await from.sing(1100, 1200);
    expect(await heard).to.equal(true);
  };

  const replacing = ({ id, dialog }: PhoneCall): string =>
    `${id};to-tag=${dialog?.remoteTag};from-tag=${dialog?.localTag}`;

  it('the switch calls the one that is noted for the call, and the two talk', async () => {
    const { first, kept, consulting, third } = await consulted();
    await note(consulting.id);
    expect(await refer(kept, 'demo.local', replacing(consulting))).to.equal('SIP/2.0 200 OK');
    await hear(first, third);
    await hear(third, first);
    await Promise.all([kept.request('BYE'), consulting.request('BYE')]);
    const transferor = await client.event('CUSTOM', { 'Event-Subclass': 'sofia::transferor' });
    expect(transferor).to.include({ 'Unique-ID': kept.id, att_xfer_original_call_id: first.id });
    expect(transferor).not.to.have.any.keys('att_xfer_destination_call_id', 'att_xfer_destination_peer_uuid');
    await client.event('CUSTOM', { 'Event-Subclass': 'sofia::transferee', 'Unique-ID': first.id });
    const sent = await client.event('CHANNEL_ANSWER', { 'variable_sip_h_X-FS-Refer-For': first.id });
    const came = await other.event('CHANNEL_CREATE', { variable_sip_replaces_call_id: consulting.id });
    expect(came['Unique-ID'], 'the Call-ID is that of the leg').to.equal(sent['Unique-ID']);
    await other.event('CUSTOM', { 'Event-Subclass': 'sofia::intercepted', 'Unique-ID': consulting.id });
    await third.hangup();
    await first.request('BYE');
  }).timeout(30_000);

  it('the switch calls the one whose address the phone gives, if that is noted as one', async () => {
    const { first, kept, consulting, third } = await consulted();
    const address = `${there.host}:${there.sipPort}`;
    await note(address);
    expect(await refer(kept, address, replacing(consulting))).to.equal('SIP/2.0 200 OK');
    await hear(first, third);
    await third.hangup();
    await first.request('BYE');
  }).timeout(30_000);

  it('nobody else is called, whatever the phone gives', async () => {
    const { first, kept, third } = await consulted();
    const stranger = await phone(there, '1004');
    for (const replaces of [
      'nothing;to-tag=a;from-tag=b',
      `x|.+|${stranger.dialString};to-tag=a;from-tag=b`,
      `\${hostname}\${system echo};to-tag=a;from-tag=b`,
    ])
      expect(await refer(kept, `127.0.0.1:${stranger.port}`, replaces)).to.equal('SIP/2.0 403 Forbidden');
    expect(stranger.calls).to.have.length(0);
    await kept.hold(false);
    await hear(first, kept);
    await third.hangup();
  }).timeout(30_000);

  it('a call that is not there is not replaced: the transferor is told, and everybody is where they were', async () => {
    const { first, kept, third, consulting } = await consulted();
    await third.hangup();
    await consulting.hangup();
    await other.event('CHANNEL_DESTROY', { 'Unique-ID': consulting.id });
    const refusing = other.event('CHANNEL_PARK', { variable_sip_replaces_call_id: consulting.id });
    await note(consulting.id);
    const told = refer(kept, 'demo.local', `${consulting.id};to-tag=a;from-tag=b`);
    await other.api(`uuid_kill ${(await refusing)['Unique-ID']} CALL_REJECTED`);
    expect(await told).to.equal('SIP/2.0 403 Forbidden');
    await kept.hold(false);
    await hear(first, kept);
  }).timeout(30_000);
});
