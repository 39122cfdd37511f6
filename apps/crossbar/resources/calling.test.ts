// Calls that the API makes and acts on, conferences that run, queues: over a bus where somebody answers, and where nobody does.
import { expect } from 'chai';
import {
  channelStatusReq,
  channelStatusResp,
  queryAccountChannelsReq,
  queryAccountChannelsResp,
} from '../../../core/messages/call.ts';
import { tts } from '../../../core/messages/commands/sound.ts';
import {
  dial,
  dialResp,
  kick,
  lock,
  muteParticipant,
  record,
  recordStop,
  searchReq,
  searchResp,
} from '../../../core/messages/conference.ts';
import { originateError, originateReq, originateResp } from '../../../core/messages/resource.ts';
import { commandReply, switchCommand } from '../../../core/messages/switch.ts';
import { tenants } from '../testing/tenants.ts';

const participant = (id: number, moderator: boolean) => ({
  'Participant-ID': id,
  'Conference-Channel-Vars': { 'Is-Moderator': moderator, Speak: true, Hear: true },
});

describe('calls that the API makes and acts on', () => {
  const { rest, tenant, other } = tenants();
  let device: string;
  let room: string;
  before(async () => {
    const phone = { name: 'p', owner_id: tenant.userId, sip: { username: 'phone1', password: 'secret' } };
    device = (await tenant.send('PUT', 'devices', phone)).body.data.id;
    room = (await tenant.send('PUT', 'conferences', { name: 'Room', conference_numbers: ['300'] })).body.data
      .id;
  });
  const anonymous = (method: string, path: string, data?: object) =>
    rest.send(method, `accounts/${tenant.id}/${path}`, data);

  describe('while nobody is there', () => {
    it('says so', async () => {
      const c2c = (await tenant.send('PUT', 'clicktocall', { name: 'c', extension: '2001' })).body.data.id;
      for (const [method, path, data] of [
        ['GET', `devices/${device}/quickcall/2001`, undefined],
        ['POST', `users/${tenant.userId}/quickcall/2001`, {}],
        ['PUT', `conferences/${room}`, { action: 'lock' }],
        ['GET', 'agents/status', undefined],
        ['GET', 'queues/stats', undefined],
        ['POST', `agents/${tenant.userId}/status`, { status: 'login' }],
      ] as const) {
        const { status, body } = await tenant.send(method, path, data);
        expect([status, body.message], path).to.deep.equal([503, 'nobody_listens']);
      }
      const pressed = await tenant.send('GET', `clicktocall/${c2c}/connect?contact=2002&blocking=true`);
      expect(pressed.body.data).to.include({ result: 'error', cause: 'no resources', contact: '2002' });
      expect((await tenant.send('GET', `clicktocall/${c2c}/history`)).body.data).to.have.length(1);
      expect((await tenant.send('GET', 'conferences')).body.data[0]._read_only).to.deep.equal({
        members: 0,
        moderators: 0,
        duration: 0,
        is_locked: false,
      });
      expect((await tenant.send('GET', `conferences/${room}/participants`)).body.data).to.deep.equal([]);
    });
  });

  describe('with an ecallmgr', () => {
    const orders: string[] = [];
    let controlQueue: string | undefined;
    before(async () => {
      const peer = rest.bus.peer('ecallmgr@localhost');
      await peer.consume(
        { bindings: [{ exchange: 'callmgr', key: 'originate.resource.req' }], contracts: [originateReq] },
        async (request) => {
          const busy = JSON.stringify(request.message['Application-Data']).includes('busy');
          if (busy) await peer.reply(request, originateError, { 'Error-Message': 'USER_BUSY' });
          else await peer.reply(request, originateResp, { 'Call-ID': 'made-1' });
        },
      );
      await peer.consume(
        {
          bindings: [{ exchange: 'callevt', key: 'call.status_req.#' }],
          contracts: [channelStatusReq, queryAccountChannelsReq],
        },
        async (query) => {
          if (query.message['Event-Name'] === 'channel_status_req')
            return peer.reply(query, channelStatusResp, {
              'Call-ID': 'leg-1',
              Status: 'active',
              'Custom-Channel-Vars': { 'Control-Queue': controlQueue },
            });
          const mine = query.message['Account-ID'] === tenant.id;
          const Channels = mine ? [{ uuid: 'leg-1', other_leg: 'leg-2', node: 'fs1' }] : [];
          await peer.reply(query, queryAccountChannelsResp, { Channels });
        },
      );
      await peer.consume(
        { bindings: [{ exchange: 'switch', key: 'switch.command.#' }], contracts: [switchCommand] },
        async (order) => {
          orders.push(`${order.message.Command} ${order.message.Args}`);
          await peer.reply(order, commandReply, {
            Command: order.message.Command,
            Result: 'success',
            Response: '+OK',
          });
        },
      );
    });

    it('rings a phone and sends it to a number, with and without waiting', async () => {
      const path = `devices/${device}/quickcall/(415) 555-0100`;
      const made = await tenant.send('POST', `${path}?timeout=7&cid-name=Front%20Desk`, {
        custom_application_vars: { order: '12' },
      });
      expect(made.status, made.text).to.equal(200);
      expect(made.body.data).to.include({ call_id: 'made-1', timeout: 7 });
      const asked = rest.bus.named('originate_req').at(-1) as Record<string, unknown>;
      expect(asked).to.deep.include({
        'Application-Name': 'transfer',
        'Application-Data': { Route: '+14155550100' },
        'Custom-Application-Vars': { order: '12' },
        'Outbound-Callee-ID-Name': 'Front Desk',
      });
      const [endpoint] = asked['Endpoints'] as Record<string, unknown>[];
      expect(endpoint).to.include({ 'To-User': 'phone1', 'To-Realm': 'acme.test' });
      expect(endpoint?.['Custom-SIP-Headers']).to.have.property('Call-Info');
      const busy = await tenant.send('POST', `users/${tenant.userId}/quickcall/busy`, {});
      expect([busy.status, busy.body.data.message]).to.deep.equal([502, 'USER_BUSY']);
      const bare = (await tenant.send('PUT', 'users', { first_name: 'N', last_name: 'O' })).body.data.id;
      expect((await tenant.send('GET', `users/${bare}/quickcall/1`)).body.message).to.equal('no_route');
    });

    it('lets a link do it, until that is switched off', async () => {
      const path = `devices/${device}/quickcall/2001`;
      expect((await anonymous('GET', path)).status).to.equal(200);
      expect((await anonymous('POST', path, {})).status).to.equal(401);
      expect((await anonymous('GET', 'devices/none/quickcall/2001')).status).to.equal(401);
      await tenant.send('PATCH', `devices/${device}`, { allow_anonymous_quickcalls: false });
      expect((await anonymous('GET', path)).status).to.equal(401);
      expect((await tenant.send('GET', path)).status).to.equal(200);
      await tenant.send('PATCH', `devices/${device}`, { allow_anonymous_quickcalls: null });
      const token = { token: rest.master.token };
      const off = { default: { default_allow_anonymous_quickcalls: false } };
      await rest.send('PUT', 'system_configs/crossbar.quickcall', off, token);
      expect((await anonymous('GET', path)).status).to.equal(401);
    });

    it('connects whoever presses a button, with a token or where none is needed', async () => {
      const data = { name: 'Sales', extension: '2001', whitelist: ['^\\+1415'], dial_first: 'contact' };
      const id = (await tenant.send('PUT', 'clicktocall', data)).body.data.id;
      const path = `clicktocall/${id}/connect?blocking=true&contact=`;
      expect((await anonymous('GET', `${path}4155550100`)).status).to.equal(401);
      await tenant.send('PATCH', `clicktocall/${id}`, { auth_required: false });
      const pressed = await anonymous('GET', `${path}4155550100`);
      expect(pressed.body.data, pressed.text).to.include({ result: 'success', call_id: 'made-1' });
      const asked = rest.bus.named('originate_req').at(-1) as Record<string, unknown>;
      expect(asked['Application-Data']).to.deep.equal({ Route: '2001' });
      expect((asked['Endpoints'] as object[])[0]).to.include({
        'Invite-Format': 'loopback',
        Route: '+14155550100',
      });
      expect((await anonymous('GET', `${path}2125550100`)).body.data).to.have.nested.property(
        'contact.forbidden',
      );
      expect((await anonymous('POST', `clicktocall/${id}/connect`, {})).body.data).to.have.property(
        'contact',
      );
      const [noted] = (await tenant.send('GET', `clicktocall/${id}/history`)).body.data;
      expect(noted).to.include({ result: 'success', contact: '+14155550100' });
      expect((await anonymous('GET', `clicktocall/${id}/history`)).status).to.equal(401);
    });

    it('acts on live channels of its own account', async () => {
      const post = (action: string, more: object = {}) =>
        tenant.send('POST', 'channels/leg-1', { action, ...more });
      const flow = (module: string, data: object = {}) =>
        tenant.send('PUT', 'channels/leg-1', { action: 'metaflow', data: { module, data } });
      orders.length = 0;
      expect((await post('break')).status).to.equal(200);
      expect((await flow('hold_control', { action: 'unhold' })).status).to.equal(201);
      expect((await flow('hangup')).status).to.equal(201);
      expect(orders).to.deep.equal(['uuid_break leg-1 all', 'uuid_hold off leg-1', 'uuid_kill leg-1']);
      expect((await post('dance')).body.data).to.have.nested.property('action.enum');
      expect((await post('transfer')).body.data).to.have.property('target');
      orders.length = 0;
      expect((await post('transfer', { target: '2001' })).status).to.equal(200);
      expect(
        (await flow('transfer', { target: '+4915', leg: 'bleg', 'Transfer-Type': 'blind' })).status,
      ).to.equal(201);
      expect(orders).to.deep.equal(['send_on leg-1 2001', 'send_on leg-2 +4915']);
      expect((await post('transfer', { target: '2001 XML x' })).body.data).to.have.nested.property(
        'target.pattern',
      );
      expect((await flow('transfer', { target: '1', leg: 'both' })).body.data).to.have.nested.property(
        'leg.enum',
      );
      const asking = await post('transfer', { target: '2001', transfer_type: 'attended' });
      expect(asking.body.message, 'needs an executor of metaflows').to.equal('nobody_listens');
      expect((await flow('tts', { text: 'Hello' })).body.message).to.equal('nobody_listens');
      expect((await flow('tts')).body.data, 'no text').to.have.property('data.text');
      expect((await flow('play', { id: 'ffffffffffffffffffffffffffffffff' })).status).to.equal(404);
      const moved = await post('intercept', { target_type: 'user', target_id: tenant.userId });
      expect(moved.status, moved.text).to.equal(200);
      expect(rest.bus.named('originate_req').at(-1)).to.include({ 'Existing-Call-ID': 'leg-1' });
      const foreign = await other.send('POST', 'channels/leg-1', { action: 'hangup' });
      expect(foreign.status).to.equal(404);
      const heard: unknown[] = [];
      const control = rest.bus.peer('control@localhost');
      controlQueue = 'callctl-one';
      await control.consume(
        {
          queue: 'callctl-one',
          bindings: [{ exchange: 'callctl', key: 'callctl-one' }],
          contracts: [tts],
        },
        async ({ message }) => {
          heard.push(message.Text);
        },
      );
      expect((await flow('tts', { text: 'Hello' })).status).to.equal(201);
      await rest.bus.settled();
      expect(heard).to.deep.equal(['Hello']);
    });

    it('shows and steers conferences of its own account', async () => {
      const peer = rest.bus.peer('conference@localhost');
      const done: string[] = [];
      await peer.consume(
        { bindings: [{ exchange: 'conference', key: 'conference.discovery' }], contracts: [searchReq] },
        async (query) => {
          const { 'Account-ID': account, 'Conference-ID': id } = query.message;
          if (account === tenant.id)
            await peer.reply(query, searchResp, {
              Conferences: { [room]: { Members: 2 }, adhoc: { Members: 1 } },
            });
          if (id === room)
            await peer.reply(query, searchResp, {
              'Conference-ID': room,
              'Run-Time': 9,
              Locked: true,
              Participants: [participant(1, true), participant(2, false)],
            });
        },
      );
      await peer.consume(
        {
          bindings: [{ exchange: 'conference', key: 'conference.command.#' }],
          contracts: [lock, kick, muteParticipant, dial, record, recordStop],
        },
        async (order) => {
          const { message } = order;
          const whom = 'Participant-ID' in message ? ` ${message['Participant-ID']}` : '';
          done.push(`${message['Application-Name']}${whom}`);
          if (order.contract === dial)
            await peer.reply(order, dialResp, {
              'Application-Name': 'dial_resp',
              'Endpoint-Responses': [{ Status: 'success' }],
            });
        },
      );
      const [row] = (await tenant.send('GET', 'conferences')).body.data;
      expect(row._read_only).to.include({ members: 2 });
      const whole = (await tenant.send('GET', `conferences/${room}`)).body.data;
      expect(whole._read_only).to.include({ members: 1, moderators: 1, duration: 9, is_locked: true });
      expect(whole.name).to.equal('Room');
      const people = `conferences/${room}/participants`;
      expect((await tenant.send('GET', people)).body.data).to.have.length(2);
      expect((await tenant.send('GET', `${people}/2`)).body.data).to.include({ participant_id: 2 });
      expect((await tenant.send('GET', `${people}/3`)).status).to.equal(404);
      const put = (path: string, data: object) => tenant.send('PUT', path, data);
      expect((await put(`conferences/${room}`, { action: 'lock' })).status).to.equal(201);
      expect((await put(people, { action: 'mute' })).body.data.participants).to.deep.equal([2]);
      expect((await put(`${people}/1`, { action: 'kick' })).status).to.equal(201);
      const dialled = await put(`conferences/${room}`, {
        action: 'dial',
        data: { endpoints: [device, '+14155550100', 'sip:a@b.test'], timeout: 5 },
      });
      expect(dialled.body.data, dialled.text).to.deep.equal({ endpoint_responses: [{ status: 'success' }] });
      const recorded = await put(`conferences/${room}`, { action: 'record', data: { action: 'start' } });
      expect(recorded.status, recorded.text).to.equal(201);
      const beside = JSON.stringify({ action: 'record', data: { action: 'stop' } });
      const stopped = await tenant.send('PUT', `conferences/${room}`, undefined, {
        raw: beside,
        headers: { 'content-type': 'application/json' },
      });
      expect(stopped.status, stopped.text).to.equal(201);
      const orders = ['lock', 'mute_participant 2', 'kick 1', 'dial', 'record', 'recordstop'];
      expect(done).to.deep.equal(orders);
      const wrong = await put(`conferences/${room}`, { action: 'dial', data: { endpoints: [room, 'x y'] } });
      expect(wrong.body.data).to.have.property('data.endpoints.0');
      expect((await put(`conferences/${room}`, { action: 'play', data: {} })).body.data).to.have.property(
        'data.media_id',
      );
      expect((await put(`conferences/${room}`, { action: 'dance' })).body.data).to.have.property('action');
      expect((await put('conferences/adhoc', { action: 'lock' })).status).to.equal(201);
      expect((await other.send('PUT', 'conferences/adhoc', { action: 'lock' })).status).to.equal(404);
      expect((await other.send('PUT', `conferences/${room}`, { action: 'lock' })).status).to.equal(404);
      const taken = await put('conferences', { member: { numbers: ['300'] } });
      expect(taken.body.data).to.have.property('member.numbers');
    });
  });

  it('keeps the agents of a queue with the users', async () => {
    const queue = (await tenant.send('PUT', 'queues', { name: 'Support' })).body.data.id;
    const set = await tenant.send('POST', `queues/${queue}/roster`, [tenant.userId]);
    expect(set.body.data, set.text).to.deep.include({ id: queue, name: 'Support', agents: [tenant.userId] });
    expect((await tenant.send('GET', `queues/${queue}`)).body.data.agents).to.deep.equal([tenant.userId]);
    expect((await tenant.send('GET', 'agents')).body.data[0]).to.deep.include({
      id: tenant.userId,
      queues: [queue],
    });
    const out = { action: 'logout', queue_id: queue };
    expect((await tenant.send('POST', `agents/${tenant.userId}/queue_status`, out)).body.data).to.deep.equal(
      [],
    );
    expect((await tenant.send('GET', `agents/${tenant.userId}/queue_status`)).body.data).to.deep.equal([]);
    expect((await tenant.send('POST', `queues/${queue}/roster`, ['nobody'])).status).to.equal(400);
    await tenant.send('POST', `queues/${queue}/roster`, [tenant.userId]);
    const emptied = await tenant.send('DELETE', `queues/${queue}/roster`);
    expect(emptied.body.data).to.deep.include({ id: queue, agents: [] });
    expect((await tenant.send('GET', `queues/${queue}/roster`)).body.data).to.deep.equal([]);
    const listen = await tenant.send('PUT', 'queues/eavesdrop', { id: device });
    expect(listen.body.data).to.have.property('call_id');
    expect((await tenant.send('GET', 'acdc_call_stats')).body.data).to.deep.equal([]);
    expect((await tenant.send('GET', 'acdc_call_stats?accept=csv')).text).to.match(/^id,entered_timestamp/);
  });

  it('gives recordings as documents and as sound', async () => {
    const month = new Date().toISOString().slice(0, 7).replace('-', '');
    const id = `${month}-0123456789abcdef0123456789abcdef`;
    const database = rest.store.database(`${tenant.id}-${month}`);
    await database.save({ _id: id, pvt_type: 'call_recording', owner_id: tenant.userId, name: 'r' });
    await database.attach(id, 'r.mp3', Buffer.alloc(100, 3), 'audio/mpeg');
    const [row] = (await tenant.send('GET', 'recordings')).body.data;
    expect(row).to.deep.include({ id, _read_only: { content_types: ['audio/mpeg'] } });
    expect((await tenant.send('GET', `users/${tenant.userId}/recordings`)).body.data).to.have.length(1);
    expect((await tenant.send('GET', `recordings/${id}`)).body.data.name).to.equal('r');
    const heard = await tenant.send('GET', `recordings/${id}?inline=true`, undefined, {
      headers: { accept: 'audio/mpeg', range: 'bytes=0-9' },
    });
    expect([heard.status, heard.headers.get('content-type')]).to.deep.equal([206, 'audio/mpeg']);
    expect(heard.headers.get('content-disposition')).to.match(/^inline/);
    expect((await other.send('GET', `recordings/${id}`)).status).to.equal(404);
    expect((await tenant.send('DELETE', `recordings/${id}`)).status).to.equal(200);
    expect((await tenant.send('GET', `recordings/${id}`)).status).to.equal(404);
  });
});
