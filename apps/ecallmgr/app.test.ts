// ecallmgr whole, between a bus in memory and an event socket that the test holds.
import { expect } from 'chai';
import { type MessageFields, segment } from '../../core/contract/index.ts';
import { tokenReq, tokenResp } from '../../core/messages/authn.ts';
import { queryAccountChannelsReq } from '../../core/messages/call.ts';
import { type CommandName, commands } from '../../core/messages/dialplan.ts';
import { routeReq, routeResp, routeWin } from '../../core/messages/route.ts';
import { fakeBus } from '../../core/testing/index.ts';
import { type Cluster, caller, callId, ending, startCluster } from './testing/calls.ts';
import { type FakeEventSocket, fakeEventSocket } from './testing/event-socket.ts';

/** Waits for something to become true, turn by turn. */
async function until(holds: () => unknown): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('ecallmgr', () => {
  let fake: FakeEventSocket;
  let cluster: Cluster;
  let tokens: number;

  beforeEach(async () => {
    fake = await fakeEventSocket();
    cluster = await startCluster(fake);
    tokens = 0;
    await cluster.bus.consume(
      { bindings: [{ exchange: 'callmgr', key: 'authn.token_req.*' }], contracts: [tokenReq] },
      (request) => {
        tokens += 1;
        const vars = { 'Account-ID': 'acc1', 'Authorizing-ID': 'dev1', Realm: 'demo.local' };
        return cluster.bus.reply(request, tokenResp, { 'Token-Data': vars, 'Custom-Channel-Vars': vars });
      },
    );
  });

  afterEach(async () => {
    await cluster.stop();
    await fake.close();
  });

  const named = (name: string) => cluster.bus.named(name);

  /** Somebody who takes every call in this way; resolves with the wins. */
  async function responder(answer: MessageFields<typeof routeResp>): Promise<Record<string, unknown>[]> {
    const wins: Record<string, unknown>[] = [];
    const taken = await cluster.bus.consume(
      { addressed: true, bindings: [], contracts: [routeWin] },
      ({ message }) => void wins.push(message),
    );
    await cluster.bus.consume(
      { bindings: [{ exchange: 'callmgr', key: 'route.req.#' }], contracts: [routeReq] },
      ({ message }) =>
        cluster.bus.send(message['Server-ID'] ?? '', routeResp, answer, {
          messageId: message['Msg-ID'] ?? '',
          serverId: taken.queue,
        }),
    );
    return wins;
  }

  const begin = (headers: object = {}): void => {
    fake.emit({ ...caller, ...headers, 'Event-Name': 'CHANNEL_CREATE' });
    fake.emit({ ...caller, ...headers, 'Event-Name': 'CHANNEL_PARK' });
  };

  const order = (name: CommandName, messageId: string, fields: object = {}): Promise<void> =>
    cluster.bus.send(
      String(named('route_win')[0]?.['Control-Queue']),
      commands[name] as typeof commands.noop,
      { ...fields, 'Call-ID': callId, 'Application-Name': name } as never,
      { messageId },
    );

  it('routes a parked call, gives it to who answers, and records its end once', async () => {
    const wins = await responder({ Method: 'park', 'Custom-Channel-Vars': { 'CallFlow-ID': 'cf1' } });
    begin();
    await until(() => wins.length > 0);
    const [request] = named('route_req');
    expect(request).to.include({
      'Call-ID': callId,
      Request: '2000@demo.local',
      From: '1001@demo.local',
      'From-Network-Addr': '10.0.0.9',
    });
    expect(request?.['Custom-Channel-Vars']).to.include({
      'Account-ID': 'acc1',
      'Fetch-ID': request?.['Msg-ID'],
    });
    expect(request?.['Custom-SIP-Headers']).to.deep.equal({ 'X-Custom': 'hello' });
    expect(cluster.bus.published.find((it) => it.message['Event-Name'] === 'route_req')?.key).to.equal(
      'route.req.audio.acc1',
    );
    expect(wins[0]).to.include({
      'Call-ID': callId,
      'Msg-ID': request?.['Msg-ID'],
    });
    expect(wins[0]?.['Custom-Channel-Vars']).to.include({
      'CallFlow-ID': 'cf1',
      'Ecallmgr-Node': 'ecallmgr@one',
    });
    expect(named('usurp_control')[0]).to.include({ 'Fetch-ID': request?.['Msg-ID'] });
    const end = { ...caller, ...ending, 'Event-Name': 'CHANNEL_DESTROY' };
    fake.emit(end);
    fake.emit(end);
    await until(() => named('report').length > 0);
    await cluster.bus.settled();
    expect(named('CHANNEL_DESTROY')).to.have.length(1);
    expect(named('report')).to.have.length(1);
    expect(named('report')[0]).to.include({
      'Account-ID': 'acc1',
      'Call-ID': callId,
      'Hangup-Cause': 'NORMAL_CLEARING',
      'Hangup-Code': 'sip:200',
      'Duration-Seconds': 3,
      'Billing-Seconds': 1,
      'Call-Direction': 'inbound',
    });
    expect(cluster.bus.published.find((it) => it.message['Event-Name'] === 'report')?.durable).to.equal(true);
    await until(() => fake.apis.some((api) => api.startsWith('hash delete_ifmatch/')));
  });

  it('completes commands in their order, under their own Msg-ID', async () => {
    const wins = await responder({ Method: 'park' });
    begin();
    await until(() => wins.length > 0);
    fake.onExecute = () => undefined;
    await order('answer', 'm1');
    await order('play', 'm2', { 'Media-Name': 'tone_stream://%(1,1,440)', Terminators: ['#'] });
    await order('noop', 'm3');
    const answer = await fake.next('answer');
    expect(answer).to.deep.equal({ callId, application: 'answer', argument: '', id: 'm1' });
    expect(
      fake.executed.map((it) => it.application),
      'play waits for its turn',
    ).to.deep.equal(['answer']);
    fake.complete(answer);
    expect((await fake.next('set')).argument).to.equal('playback_terminators=#');
    const play = await fake.next('playback');
    fake.complete(play, { 'Application-Response': 'FILE PLAYED', variable_playback_terminator_used: '#' });
    await until(() => named('CHANNEL_EXECUTE_COMPLETE').length === 3);
    const done = named('CHANNEL_EXECUTE_COMPLETE').map((it) => [
      it['Msg-ID'],
      it['Application-Name'],
      it['DTMF-Digit'],
    ]);
    expect(done).to.deep.equal([
      ['m1', 'answer', undefined],
      ['m2', 'play', '#'],
      ['m3', 'noop', undefined],
    ]);
  });

  it('tells lamps that a phone calls, and that it has ended', async () => {
    begin({ variable_presence_id: '1001@demo.local' });
    fake.emit({
      ...caller,
      ...ending,
      'Event-Name': 'CHANNEL_DESTROY',
      variable_presence_id: '1001@demo.local',
    });
    await until(() => named('dialog_update').length === 2);
    expect(
      named('dialog_update').map((it) => [it['State'], it['Direction'], it['From'], it['To']]),
    ).to.deep.equal([
      ['confirmed', 'initiator', 'sip:1001@demo.local', 'sip:2000@demo.local'],
      ['terminated', 'initiator', 'sip:1001@demo.local', 'sip:2000@demo.local'],
    ]);
  });

  it('tells a bad command what is wrong with it and goes on', async () => {
    const wins = await responder({ Method: 'park' });
    begin();
    await until(() => wins.length > 0);
    const contract = { ...commands.noop, check: () => [], unknownKeys: () => [] };
    const send = (messageId: string, fields: object): Promise<void> =>
      cluster.bus.send(
        String(wins[0]?.['Control-Queue']),
        contract,
        { 'Call-ID': callId, ...fields } as never,
        { messageId },
      );
    await send('b1', { 'Application-Name': 'no_such' });
    await send('b2', { 'Application-Name': 'sleep', Time: 'long' });
    await send('b3', { 'Application-Name': 'record', 'Media-Name': '../../etc/passwd.wav' });
    await order('noop', 'm1');
    await until(() => named('CHANNEL_EXECUTE_COMPLETE').length === 1);
    const refused = named('dialplan').map((it) => [it['Request']['Msg-ID'], it['Error-Message']]);
    expect(refused.map(([id]) => id)).to.deep.equal(['b1', 'b2', 'b3']);
    expect(refused.map(([, text]) => text).join()).to.match(/no command.*Time.*recording/);
    expect(fake.executed).to.deep.equal([]);
    const told = cluster.bus.published.find(({ message }) => message['Event-Name'] === 'dialplan');
    expect(told?.key, 'where the events of the call are heard').to.equal(`call.dialplan.${segment(callId)}`);
    expect(told?.message).to.include({ 'Channel-State': 'EXECUTE', 'Channel-Call-State': 'RINGING' });
  });

  it('refuses what the edge did not send, what nobody takes, and what the responder refuses', async () => {
    begin({ variable_sip_network_ip: '198.51.100.7', 'Caller-Network-Addr': '198.51.100.7' });
    expect((await fake.next('respond')).argument).to.equal('403 Forbidden');
    expect(named('route_req')).to.have.length(0);
    begin({ 'Unique-ID': 'second' });
    expect((await fake.next('respond')).argument).to.match(/^604 /);
    await responder({ Method: 'error', 'Route-Error-Code': 486, 'Route-Error-Message': `Busy$${'{x}'}\n` });
    begin({ 'Unique-ID': 'third' });
    expect((await fake.next('respond')).argument)
      .to.match(/^486 Busy/)
      .and.not.match(/[\n$]/);
  });

  it('asks for a token once, not for each call', async () => {
    await responder({ Method: 'park' });
    for (const id of ['a', 'b', 'c']) begin({ 'Unique-ID': id });
    await until(() => named('route_win').length === 3);
    expect(tokens).to.equal(1);
  });

  it('leaves a call to the ecallmgr that claimed it', async () => {
    const other = await startCluster(fake, fakeBus({ node: 'ecallmgr@two' }));
    const answered = await Promise.all(
      [cluster, other].map(async ({ bus }) => {
        const wins: unknown[] = [];
        const taken = await bus.consume(
          { addressed: true, bindings: [], contracts: [routeWin] },
          ({ message }) => void wins.push(message),
        );
        await bus.consume(
          { bindings: [{ exchange: 'callmgr', key: 'route.req.#' }], contracts: [routeReq] },
          ({ message }) =>
            bus.send(
              message['Server-ID'] ?? '',
              routeResp,
              { Method: 'park' },
              { messageId: message['Msg-ID'] ?? '', serverId: taken.queue },
            ),
        );
        await bus.consume(
          {
            bindings: [{ exchange: 'callmgr', key: 'authn.token_req.#' }],
            contracts: [tokenReq],
            queue: 'tokens',
          },
          (request) =>
            bus.reply(request, tokenResp, {
              'Token-Data': {},
              'Custom-Channel-Vars': { 'Account-ID': 'acc1' },
            }),
        );
        return wins;
      }),
    );
    for (let call = 0; call < 20; call += 1) begin({ 'Unique-ID': `call-${call}` });
    await until(() => answered.flat().length === 20);
    for (let call = 0; call < 20; call += 1)
      fake.emit({ ...caller, ...ending, 'Unique-ID': `call-${call}`, 'Event-Name': 'CHANNEL_DESTROY' });
    const reports = (): unknown[] => [cluster, other].flatMap(({ bus }) => bus.named('report'));
    await until(() => reports().length >= 20);
    await Promise.all([cluster.bus.settled(), other.bus.settled()]);
    expect(answered.flat()).to.have.length(20);
    expect(reports()).to.have.length(20);
    await other.stop();
  });

  it('answers for its channels', async () => {
    await responder({ Method: 'park' });
    begin();
    await until(() => named('route_win').length > 0);
    const answer = await cluster.bus.request(queryAccountChannelsReq, { 'Account-ID': 'acc1' });
    expect(answer.Channels?.[0]).to.include({
      uuid: callId,
      direction: 'inbound',
      answered: false,
      account_id: 'acc1',
    });
    const none = await cluster.bus.request(queryAccountChannelsReq, { 'Account-ID': 'acc2' });
    expect(none.Channels).to.deep.equal([]);
  });

  it('advertises its switches and where they take SIP', async () => {
    await until(() => named('advertise').some((it) => Object.keys(it['Media-Servers'] ?? {}).length > 0));
    const servers = named('advertise').at(-1)?.['Media-Servers'];
    expect(servers['freeswitch@media1'].Interfaces.sipinterface_1.URL).to.equal(
      'sip:mod_sofia@127.0.0.1:11000',
    );
  });

  it('notices after a reconnect that a leg has ended, and takes up one that goes on', async () => {
    await responder({ Method: 'park' });
    begin();
    begin({ 'Unique-ID': 'goes-on' });
    await until(() => named('route_win').length === 2);
    fake.onApi = (command) => {
      if (command.startsWith('show channels'))
        return JSON.stringify({ row_count: 1, rows: [{ uuid: 'goes-on' }] });
      if (command.startsWith('uuid_dump goes-on'))
        return JSON.stringify({
          ...caller,
          'Unique-ID': 'goes-on',
          'Event-Name': 'CHANNEL_DATA',
          'variable_ecallmgr_Ecallmgr-Node': 'ecallmgr@one',
        });
      return undefined;
    };
    fake.cut();
    await until(() => named('report').length > 0);
    expect(named('report')[0]).to.include({ 'Call-ID': callId, 'Hangup-Cause': 'RECOVERY_ON_TIMER_EXPIRE' });
    expect(named('report')).to.have.length(1);
  }).timeout(5000);
});
