// ecallmgr against a switch: set MIRLITON_FREESWITCH=host:esport:password:sipport (FreeSWITCH, or the embedded switch).
import { expect } from 'chai';
import { tokenReq, tokenResp } from '../../core/messages/authn.ts';
import { type CommandName, commands } from '../../core/messages/dialplan.ts';
import { originateReq } from '../../core/messages/resource.ts';
import { routeReq, routeResp, routeWin } from '../../core/messages/route.ts';
import { type FakeBus, fakeBus } from '../../core/testing/index.ts';
import { type Cluster, startCluster } from './testing/calls.ts';
import { openPhone, type Phone } from './testing/phone.ts';

const [host = '', port = '', password = '', sip = ''] = (process.env['MIRLITON_FREESWITCH'] ?? '').split(':');

(host === '' ? describe.skip : describe)('ecallmgr with a switch', () => {
  let bus: FakeBus;
  let cluster: Cluster;
  let phone: Phone;
  const edge = { 'X-AUTH-Token': 'dev1@acc1', 'X-AUTH-IP': '10.0.0.9' };

  before(async () => {
    bus = fakeBus({ node: 'ecallmgr@test' });
    const vars = { 'Account-ID': 'acc1', 'Authorizing-ID': 'dev1', Realm: 'demo.local' };
    await bus.consume(
      { bindings: [{ exchange: 'callmgr', key: 'authn.#' }], contracts: [tokenReq] },
      (request) => bus.reply(request, tokenResp, { 'Token-Data': vars, 'Custom-Channel-Vars': vars }),
    );
    const wins = await bus.consume({ bindings: [], contracts: [routeWin] }, () => undefined);
    await bus.consume(
      { bindings: [{ exchange: 'callmgr', key: 'route.#' }], contracts: [routeReq] },
      ({ message }) =>
        bus.send(
          message['Server-ID'] ?? '',
          routeResp,
          { Method: 'park' },
          { messageId: message['Msg-ID'] ?? '', serverId: wins.queue },
        ),
    );
    phone = await openPhone(host, Number(sip));
    cluster = await startCluster({ host, port: Number(port), password }, bus);
  });

  after(async () => {
    phone.close();
    await cluster.stop();
  });

  const seen = async (
    name: string,
    fits: (message: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>> => {
    for (;;) {
      const found = bus.named(name).find(fits);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  let serial = 0;
  const run = async (
    callId: string,
    name: CommandName,
    fields: object = {},
  ): Promise<Record<string, unknown>> => {
    const win = await seen('route_win', (it) => it['Call-ID'] === callId);
    serial += 1;
    const messageId = `${name}-${serial}`;
    const command = { ...fields, 'Call-ID': callId, 'Application-Name': name };
    await bus.send(String(win['Control-Queue']), commands[name] as typeof commands.noop, command as never, {
      messageId,
    });
    return seen('CHANNEL_EXECUTE_COMPLETE', (it) => it['Msg-ID'] === messageId);
  };
  const ended = (callId: string): Promise<Record<string, unknown>> =>
    seen('report', (it) => it['Call-ID'] === callId);

  it('answers, plays and hangs up', async () => {
    const call = phone.call('2000', edge);
    await run(call.callId, 'ring');
    expect(await call.response(180)).to.equal(180);
    await run(call.callId, 'answer');
    expect(await call.response(200)).to.equal(200);
    const tones = await run(call.callId, 'tones', {
      Tones: [{ Frequencies: [440], 'Duration-ON': 100, 'Duration-OFF': 50 }],
    });
    expect(tones['Application-Response']).to.equal('FILE PLAYED');
    const missing = await run(call.callId, 'play', { 'Media-Name': 'no_such_recording' });
    expect(missing['Application-Response']).to.equal('FILE NOT FOUND');
    await run(call.callId, 'hangup');
    await call.ended;
    const report = await ended(call.callId);
    expect(report).to.include({
      'Account-ID': 'acc1',
      'Hangup-Cause': 'NORMAL_CLEARING',
      'Call-Direction': 'inbound',
    });
    expect(bus.named('report').filter((it) => it['Call-ID'] === call.callId)).to.have.length(1);
  }).timeout(10_000);

  it('bridges to a phone, and tells why another did not answer', async () => {
    const callee = await openPhone(host, Number(sip));
    const route = {
      'Invite-Format': 'route',
      Route: `sip:1002@127.0.0.1:${callee.port}`,
      'Account-ID': 'acc1',
    };
    const call = phone.call('2000', edge);
    callee.answerWith(486);
    const busy = await run(call.callId, 'bridge', { Endpoints: [route] });
    expect(busy).to.include({ 'Application-Response': 'USER_BUSY', 'Hangup-Code': 'sip:486' });
    callee.answerWith(200);
    const bridged = run(call.callId, 'bridge', { Endpoints: [route] });
    const event = await seen('CHANNEL_BRIDGE', (it) => it['Call-ID'] === call.callId);
    call.hangup();
    expect((await bridged)['Application-Response']).to.equal('SUCCESS');
    const leg = await ended(String(event['Other-Leg-Call-ID']));
    expect(leg).to.include({
      'Account-ID': 'acc1',
      'Call-Direction': 'outbound',
      'Other-Leg-Call-ID': call.callId,
    });
    expect((await ended(call.callId))['Interaction-ID']).to.equal(leg['Interaction-ID']);
    callee.close();
  }).timeout(10_000);

  it('refuses with the code it is told', async () => {
    const call = phone.call('2000', edge);
    await run(call.callId, 'respond', { 'Response-Code': 486, 'Response-Message': 'Not now' });
    expect(await call.response(200)).to.equal(486);
    await ended(call.callId);
  }).timeout(10_000);

  it('makes a call of its own and sends it on to a number', async () => {
    const callee = await openPhone(host, Number(sip));
    const made = await bus.request(
      originateReq,
      {
        'Application-Name': 'transfer',
        'Application-Data': { Route: '2001' },
        'Account-ID': 'acc1',
        'Custom-Channel-Vars': { Realm: 'demo.local' },
        Endpoints: [{ 'Invite-Format': 'route', Route: `sip:1003@127.0.0.1:${callee.port}` }],
      },
      { timeout: 8000 },
    );
    expect(made['Event-Category']).to.equal('resource');
    const callId = String(made['Call-ID']);
    expect(await seen('route_req', (it) => it['Call-ID'] === callId)).to.include({
      Request: '2001@demo.local',
    });
    await run(callId, 'hangup');
    await ended(callId);
    callee.close();
  }).timeout(10_000);
});
