// callflow on a bus in memory: what each action makes the switch do.
import { expect } from 'chai';
import { compile } from '../../../core/contract/index.ts';
import { usurpControl } from '../../../core/messages/call.ts';
import { resume } from '../../../core/messages/callflow.ts';
import { offnetReq, offnetResp } from '../../../core/messages/resource.ts';
import { accountId, node, withBench } from '../testing/bench.ts';
import { actions } from './index.ts';

describe('callflow: actions', () => {
  const bench = withBench();
  it('have valid schemas', () => {
    for (const { schema } of Object.values(actions)) compile(schema, { foreign: true }).check({});
  });

  it('play answers, plays and goes on; early media when it must not answer', async () => {
    const routed = await bench.call(
      node(
        'play',
        { id: 'm1', terminators: ['#'] },
        { _: node('play', { id: 'tone_stream://x', answer: false }) },
      ),
    );
    await routed.next('hangup');
    expect(routed.names()).to.deep.equal(['answer', 'play', 'play', 'hangup']);
    expect(routed.commands[1]).to.include({ 'Media-Name': `/${accountId}/m1` });
    expect(routed.commands[1]?.['Terminators']).to.deep.equal(['#']);
    const early = await bench.fake.route({ accountId, number: '2000', vars: {} });
    expect(early).to.not.equal(undefined);
  });

  it('a caller who hangs up in the middle ends the flow', async () => {
    const routed = await bench.call(node('play', { id: 'm1' }, { _: node('sleep', { duration: 5 }) }), {
      prepare: (it) => it.on('play', () => 'wait'),
    });
    await routed.next('play');
    await routed.hangup();
    await bench.app.drain?.();
    expect(routed.names()).to.deep.equal(['answer', 'play']);
  });

  it('a command that the switch refuses does not end the call', async () => {
    const routed = await bench.call(node('sleep', { duration: 1 }, { _: node('noop') }), {
      prepare: (it) => it.on('sleep', () => 'refuse'),
    });
    await routed.next('noop');
    expect(routed.names()).to.include('noop');
  });

  it('lets go without hanging up when another process takes control', async () => {
    const routed = await bench.call(node('sleep', { duration: 60 }), {
      prepare: (it) => it.on('sleep', () => 'wait'),
    });
    await routed.next('sleep');
    await bench.bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': 'someone-else' });
    await bench.app.drain?.();
    expect(routed.names()).to.deep.equal(['sleep']);
  });

  it('device rings with the merged endpoint and stops when it was answered', async () => {
    await bench.save({
      _id: 'u'.repeat(32),
      pvt_type: 'user',
      music_on_hold: {},
      media: { audio: { codecs: ['PCMA'] } },
    });
    await bench.saveDevice('d1', { owner_id: 'u'.repeat(32) });
    const routed = await bench.call(node('device', { id: 'd1', timeout: 7 }, { _: node('noop') }), {
      prepare: (it) => it.on('bridge', () => ({ 'Application-Response': 'SUCCESS' })),
    });
    await routed.next('hangup');
    expect(routed.names()).to.deep.equal(['bridge', 'hangup']);
    const [endpoint] = routed.commands[0]?.['Endpoints'] ?? [];
    expect(endpoint).to.deep.include({
      'To-User': 'user_d1',
      'To-Realm': 'test.example.org',
      'Endpoint-Timeout': 7,
      Codecs: ['PCMA'],
      'Invite-Format': 'contact',
    });
    expect(endpoint['Custom-Channel-Vars']).to.deep.equal({
      'Account-ID': accountId,
      'Authorizing-ID': 'd1',
      'Authorizing-Type': 'device',
      'Owner-ID': 'u'.repeat(32),
    });
  });

  it('a failed ring goes to the child of the cause, of the SIP code, or _', async () => {
    await bench.saveDevice('d1');
    const children = {
      USER_BUSY: node('response', { code: 486 }),
      'sip:480': node('response', { code: 480 }),
      _: node('response', { code: 404 }),
    };
    await bench.saveFlow(['2000'], node('device', { id: 'd1' }, children));
    const ring = async (result: object) => {
      const routed = await bench.fake.route({
        accountId,
        number: '2000',
        prepare: (it) => it.on('bridge', () => result),
      });
      return (await routed?.next('respond'))?.['Response-Code'];
    };
    expect(await ring({ 'Application-Response': 'USER_BUSY' })).to.equal(486);
    expect(await ring({ 'Application-Response': 'NO_USER_RESPONSE', 'Hangup-Code': 'sip:480' })).to.equal(
      480,
    );
    expect(await ring({ 'Application-Response': 'NO_ANSWER', 'Hangup-Code': 'sip:487' })).to.equal(404);
  });

  it('leaves out what must not ring and goes on when nothing is left', async () => {
    await bench.saveDevice('off', { enabled: false });
    await bench.saveDevice('dnd', { do_not_disturb: { enabled: true } });
    await bench.saveDevice('self');
    const members = ['off', 'dnd', 'self', 'missing'].map((id) => ({ id, endpoint_type: 'device' }));
    const routed = await bench.call(node('ring_group', { endpoints: members }, { _: node('noop') }), {
      vars: { 'Authorizing-ID': 'self' },
    });
    await routed.next('noop');
    expect(routed.names()).to.not.include('bridge');
  });

  it('user rings all its devices; a forward with substitute replaces the phone', async () => {
    const owner = 'c'.repeat(32);
    await bench.save({
      _id: owner,
      pvt_type: 'user',
      call_forward: { enabled: true, number: '+14155550199', substitute: false, require_keypress: false },
    });
    await bench.saveDevice('d1', { owner_id: owner });
    await bench.saveDevice('d2', { owner_id: owner, call_forward: { enabled: true, number: '3000' } });
    const routed = await bench.call(node('user', { id: owner }));
    const bridge = await routed.next('bridge');
    const rung = (bridge['Endpoints'] as Record<string, string>[]).map((endpoint) => [
      endpoint['Invite-Format'],
      endpoint['To-DID'] ?? endpoint['To-User'],
    ]);
    expect(rung).to.have.deep.members([
      ['contact', 'user_d1'],
      ['loopback', '+14155550199'],
      ['loopback', '3000'],
    ]);
  });

  it('ring_group rings a phone without a timeout of its own as long as the others', async () => {
    await bench.saveDevice('d1');
    const endpoints = [{ id: 'd1', endpoint_type: 'device', timeout: 0 }];
    const routed = await bench.call(node('ring_group', { endpoints, timeout: 30 }));
    const bridge = await routed.next('bridge');
    expect(bridge).to.include({ Timeout: 30 });
    expect((bridge['Endpoints'] as object[])[0]).to.include({ 'Endpoint-Timeout': 0 });
  });

  it('ring_group resolves users and groups, rings each device once, repeats', async () => {
    const owner = 'd'.repeat(32);
    await bench.save({ _id: owner, pvt_type: 'user' });
    await bench.saveDevice('d1', { owner_id: owner });
    await bench.saveDevice('d2');
    await bench.save({
      _id: 'g1',
      pvt_type: 'group',
      name: 'g',
      endpoints: {
        d2: { type: 'device', weight: 2 },
        g1: { type: 'group' },
        [owner]: { type: 'user', weight: 1 },
      },
    });
    const endpoints = [
      { id: 'g1', endpoint_type: 'group', timeout: 9 },
      { id: 'd1', endpoint_type: 'device', delay: 3 },
    ];
    const routed = await bench.call(
      node('ring_group', { endpoints, strategy: 'single', repeats: 2, timeout: 10 }, { _: node('noop') }),
      {
        prepare: (it) => it.on('bridge', () => ({ 'Application-Response': 'NO_ANSWER' })),
      },
    );
    const bridge = await routed.next('bridge');
    await routed.next('noop');
    expect(routed.names().filter((name) => name === 'bridge')).to.have.length(2);
    expect(bridge).to.include({ 'Dial-Endpoint-Method': 'single', Timeout: 20 });
    expect((bridge['Endpoints'] as Record<string, unknown>[]).map((it) => it['To-User'])).to.deep.equal([
      'user_d1',
      'user_d2',
    ]);
  });

  it('collect_dtmf keeps digits; branch_variable goes by channel variables and documents', async () => {
    await bench.database.update(accountId, (account) => ({ ...account, language: 'fr-fr' }));
    const flow = node(
      'collect_dtmf',
      { max_digits: 4, collection_name: 'pin', timeout: 1000 },
      {
        _: node(
          'set_variable',
          { variable: 'call_priority', value: '5' },
          {
            _: node(
              'branch_variable',
              { variable: 'call_priority' },
              {
                5: node(
                  'branch_variable',
                  { variable: 'language', scope: 'account' },
                  { 'fr-fr': node('response', { code: 480 }) },
                ),
              },
            ),
          },
        ),
      },
    );
    const routed = await bench.call(flow);
    await routed.next('answer');
    await routed.digits('12#9');
    expect((await routed.next('respond'))['Response-Code']).to.equal(480);
    expect(routed.commands.find((it) => it['Application-Name'] === 'set')).to.deep.include({
      'Custom-Channel-Vars': { 'Call-Priority': '5' },
    });
  });

  it('set_variable refuses what would authorise or bill a call', async () => {
    const routed = await bench.call(
      node('set_variable', { variable: 'Account-ID', value: 'x' }, { _: node('noop') }),
    );
    await routed.next('noop');
    expect(routed.names()).to.not.include('set');
  });

  it('set_cid and set_variables reach the switch', async () => {
    await bench.saveDevice('d1');
    const flow = node(
      'set_cid',
      { caller_id_name: 'Support', caller_id_number: '+14155550111' },
      {
        _: node(
          'set_variables',
          { custom_application_vars: { ticket: '7' }, export: true },
          { _: node('device', { id: 'd1' }) },
        ),
      },
    );
    const routed = await bench.call(flow);
    expect(await routed.next('bridge')).to.include({
      'Outbound-Caller-ID-Name': 'Support',
      'Outbound-Caller-ID-Number': '+14155550111',
    });
    expect(routed.commands.find((it) => it['Custom-Application-Vars'])).to.deep.include({
      'Custom-Application-Vars': { ticket: '7' },
      'Export-All': true,
    });
  });

  it('tts speaks in the language of the call', async () => {
    const routed = await bench.call(node('tts', { text: 'hello', voice: 'male' }));
    expect(await routed.next('tts')).to.include({ Text: 'hello', Voice: 'male', Language: 'en-us' });
  });

  it('callflow branches to another and comes back', async () => {
    await bench.save({
      _id: 'other',
      pvt_type: 'callflow',
      numbers: ['x'],
      flow: node('sleep', { duration: 2 }),
    });
    const routed = await bench.call(node('callflow', { id: 'other' }, { _: node('noop') }));
    await routed.next('hangup');
    expect(routed.names()).to.deep.equal(['sleep', 'noop', 'hangup']);
    expect(routed.commands[0]?.['Time']).to.equal(2000);
  });

  it('offnet asks the carriers and ends with their cause', async () => {
    const carriers = bench.bus.peer('trunkstore@test');
    await carriers.consume(
      {
        queue: 'stepswitch_listener',
        bindings: [{ exchange: 'resources', key: 'offnet.resource.req.audio' }],
        contracts: [offnetReq],
      },
      (request) =>
        carriers.reply(request, offnetResp, {
          'Response-Message': 'NO_ROUTE_DESTINATION',
          'Response-Code': 'sip:404',
        }),
    );
    await bench.saveFlow(['no_match'], node('offnet'));
    const routed = await bench.fake.route({ accountId, number: '14155550100' });
    expect(await routed?.next('hangup')).to.include({ 'Hangup-Cause': 'NO_ROUTE_DESTINATION' });
    expect(bench.bus.named('offnet_req')[0]).to.include({
      'To-DID': '14155550100',
      'Control-Queue': routed?.controlQueue,
    });
    expect(routed?.commands.find((it) => it['Application-Name'] === 'play')?.['Media-Name']).to.include(
      'fault-can_not_be_completed_as_dialed',
    );
  });

  it('offnet takes flags from the call', async () => {
    const flow = node('offnet', {
      outbound_flags: ['fax'],
      dynamic_flags: ['authorizing_type', ['custom_channel_vars', 'tier'], 'nothing', 'custom_channel_vars'],
    });
    const routed = await bench.call(flow, { vars: { Tier: 'gold' } });
    await bench.bus.settled();
    expect(routed.callId).to.not.equal('');
    expect(bench.bus.named('offnet_req')[0]?.['Flags']).to.deep.equal(['fax', 'device', 'gold']);
    await routed.hangup();
  });

  it('stops a flow whose token bucket is empty', async () => {
    const greedy = {
      ...node('noop', {}, { _: node('response', { code: 480 }) }),
      pvt_tokens: 60,
      pvt_bucket_name: 'b',
    };
    const first = await bench.call(greedy);
    await first.next('respond');
    const second = await bench.fake.route({ accountId, number: '2000' });
    await second?.next('hangup');
    expect(second?.names()).to.deep.equal(['hangup']);
  });

  it('goes on with a flow that another process began', async () => {
    const control = await bench.fake.route({ accountId, number: '2000' }, 10);
    expect(control).to.equal(undefined);
    const routed = await bench.call(node('sleep', { duration: 60 }), {
      prepare: (it) => it.on('sleep', () => 'wait'),
    });
    await routed.next('sleep');
    await bench.bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': 'another' });
    await bench.bus.settled();
    await bench.bus.publish(resume, {
      Call: { 'Call-ID': routed.callId, 'Account-ID': accountId, 'Control-Queue': routed.controlQueue },
      Flow: { ...node('noop') },
    });
    await routed.next('noop');
    expect(routed.names()).to.deep.include('noop');
  });
});
