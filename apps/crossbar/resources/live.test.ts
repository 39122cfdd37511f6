// What is asked of other apps over the bus: registrations, device status, channels; and what the system knows.
import { expect } from 'chai';
import {
  queryAccountChannelsReq,
  queryAccountChannelsResp,
  queryUserChannelsReq,
  queryUserChannelsResp,
} from '../../../core/messages/call.ts';
import { regQuery, regQueryResp } from '../../../core/messages/registration.ts';
import { commandReply, switchCommand } from '../../../core/messages/switch.ts';
import { trustedQuery, trustedReply } from '../../../core/messages/trusted.ts';
import { publishSchemas } from '../../../core/schemas/index.ts';
import type { Tenant } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

describe('resources over the bus and the system', () => {
  const { rest, tenant, other } = tenants();
  let deviceId: string;
  before(async () => {
    const data = { name: 'phone', owner_id: tenant.userId, sip: { username: 'Phone1', password: 'secret1' } };
    deviceId = (await tenant.send('PUT', 'devices', data)).body.data.id;
    expect((await tenant.send('GET', 'registrations')).body).to.include({
      error: '503',
      message: 'nobody_listens',
    });
    const peer = rest.bus.peer('other@localhost');
    await peer.consume(
      { bindings: [{ exchange: 'registrar', key: 'registration.query.#' }], contracts: [regQuery] },
      async (query) => {
        const fields = {
          Username: 'phone1',
          Realm: 'acme.test',
          Contact: 'sip:phone1@127.0.0.1',
          'Registrar-Node': 'secret',
        };
        if (query.message['Count-Only']) return peer.reply(query, regQueryResp, { Count: 7 });
        await peer.reply(query, regQueryResp, {
          Fields: query.message.Realm === 'acme.test' ? [fields] : [],
        });
      },
    );
    const channel = {
      uuid: 'call-1',
      direction: 'inbound',
      account_id: tenant.id,
      node: 'fs1',
      'Caller-ID-Name': 'A',
    };
    await peer.consume(
      {
        bindings: [{ exchange: 'callevt', key: 'call.status_req.#' }],
        contracts: [queryAccountChannelsReq, queryUserChannelsReq],
      },
      async (query) => {
        if (query.contract === queryAccountChannelsReq)
          await peer.reply(query, queryAccountChannelsResp, {
            Channels:
              (query.message as { 'Account-ID'?: string })['Account-ID'] === tenant.id
                ? [channel, channel]
                : [],
          });
        else await peer.reply(query, queryUserChannelsResp, { Channels: [channel] });
      },
    );
    await peer.consume(
      { bindings: [{ exchange: 'switch', key: 'switch.command.#' }], contracts: [switchCommand] },
      async (order) => {
        const { Command, Args } = order.message;
        await peer.reply(order, commandReply, {
          Command,
          Result: 'success',
          Response: Args === 'call-1' ? '+OK' : '-ERR No such channel!',
        });
      },
    );
  });

  it('lists registrations without what is internal, and forgets them', async () => {
    const { body } = await tenant.send('GET', 'registrations');
    expect(body.data).to.deep.equal([
      { username: 'phone1', realm: 'acme.test', contact: 'sip:phone1@127.0.0.1' },
    ]);
    expect((await tenant.send('GET', 'registrations/count')).body.data).to.deep.equal({ count: 1 });
    expect((await other.send('GET', 'registrations')).body.data).to.deep.equal([]);
    const { token } = rest.master;
    const all = await rest.send('GET', 'registrations/count', undefined, { token });
    expect(all.body.data).to.deep.equal({ count: 7 });
    await tenant.send('DELETE', 'registrations/phone1');
    await tenant.send('DELETE', 'registrations');
    expect(rest.bus.named('reg_flush').map(({ Realm, Username }) => [Realm, Username])).to.deep.equal([
      ['acme.test', 'phone1'],
      ['acme.test', undefined],
    ]);
  });

  it('knows which devices are registered, and restarts them', async () => {
    expect((await tenant.send('GET', 'devices/status')).body.data).to.deep.equal([
      { device_id: deviceId, registered: true },
    ]);
    expect((await tenant.send('POST', `devices/${deviceId}/sync`, {})).status).to.equal(200);
    expect(rest.bus.named('notify')[0]).to.include({
      Event: 'check-sync',
      Username: 'Phone1',
      Realm: 'acme.test',
    });
  });

  it('lists channels once, by account, user and device', async () => {
    const row = { uuid: 'call-1', direction: 'inbound', caller_id_name: 'A' };
    for (const path of ['channels', `users/${tenant.userId}/channels`, `devices/${deviceId}/channels`])
      expect((await tenant.send('GET', path)).body.data, path).to.deep.equal([row]);
    expect((await tenant.send('GET', 'channels/call-1')).body.data).to.deep.equal(row);
    expect((await other.send('GET', 'channels/call-1')).status).to.equal(404);
  });

  it('hangs up a call of its own account, and says what is wrong with an order', async () => {
    const act = (who: Tenant, id: string, action: string) => who.send('POST', `channels/${id}`, { action });
    expect((await act(tenant, 'call-1', 'hangup')).status).to.equal(200);
    expect(rest.bus.named('command')).to.have.length(1);
    expect((await act(other, 'call-1', 'hangup')).status).to.equal(404);
    // There is nobody to transfer.
    const { body } = await act(tenant, 'call-1', 'transfer');
    expect(Object.keys(body.data)).to.deep.equal(['other_leg_call_id']);
    expect(Object.keys((await act(tenant, 'call-1', 'levitate')).body.data)).to.deep.equal(['action']);
    expect(rest.bus.named('command')).to.have.length(1);
  });

  it('lets nobody sign in as a device of somebody else', async () => {
    const put = async (who: Tenant, sip: object) =>
      (await who.send('PUT', 'devices', { name: 'd', sip: { password: 'secret', ...sip } })).body.data;
    const stolen = await put(other, { username: 'ghost', realm: tenant.realm.toUpperCase() });
    expect(stolen['sip.realm']).to.have.property('unique');
    const mine = await put(tenant, { username: 'shared', realm: 'common.test' });
    expect(mine).to.have.property('id');
    expect((await put(other, { username: 'SHARED', realm: 'Common.test' }))['sip.username']).to.have.property(
      'unique',
    );
    expect(await put(tenant, { username: 'gate', method: 'ip', ip: '192.0.2.7' })).to.have.property('id');
    expect(
      (await put(other, { username: 'gate', method: 'ip', ip: '192.0.2.7' }))['sip.ip'],
    ).to.have.property('unique');
    const kept = await tenant.send('PATCH', `devices/${mine.id}`, { name: 'again' });
    expect(kept.status).to.equal(200);
    const realm = await other.send('PATCH', '', { realm: 'common.test' });
    expect(realm.body.data.realm).to.have.property('unique');
  });

  it('refuses a flow whose data the action cannot use, and accepts modules of others', async () => {
    await publishSchemas(rest.store, [
      {
        name: 'callflows.pause',
        schema: { type: 'object', required: ['seconds'], properties: { seconds: { type: 'integer' } } },
      },
    ]);
    const put = (seconds: unknown, module = 'pause') => {
      const pause = { module, data: { seconds } };
      const flow = { module: 'elsewhere', data: { any: 1 }, children: { '1': pause } };
      return tenant.send('PUT', 'callflows', { numbers: [`77${calls++}`], flow });
    };
    let calls = 0;
    const refused = await put('long');
    expect([refused.status, Object.keys(refused.body.data)]).to.deep.equal([
      400,
      ['flow.children.1.data.seconds'],
    ]);
    expect((await put('5')).body.data.flow.children['1'].data.seconds).to.equal(5);
    expect((await put('long', 'unknown')).status).to.equal(201);
    const nameless = await tenant.send('PUT', 'callflows', { numbers: [''], flow: {} });
    expect(nameless.body.data['numbers.0']).to.have.property('minLength');
  });

  it('copies devices with a realm or address of their own where the edge finds them', async () => {
    const sipAuth = rest.store.database('sip_auth');
    await tenant.send('PATCH', `devices/${deviceId}`, { sip: { realm: 'elsewhere.test' } });
    expect(await sipAuth.find(deviceId)).to.deep.include({ pvt_account_id: tenant.id, name: 'phone' });
    await tenant.send('PATCH', `devices/${deviceId}`, { sip: { realm: null } });
    expect(await sipAuth.find(deviceId)).to.equal(undefined);
    expect((await tenant.send('PATCH', `devices/${deviceId}`, { sip: { method: 'ip' } })).status).to.equal(
      400,
    );
    await tenant.send('PATCH', `devices/${deviceId}`, { sip: { method: 'ip', ip: '192.0.2.1' } });
    expect(await sipAuth.find(deviceId)).to.have.nested.property('sip.ip', '192.0.2.1');
    expect(
      (await tenant.send('PUT', 'devices', { name: 'x', sip: { username: 'PHONE1' } })).body.data,
    ).to.have.property('sip.username');
    await tenant.send('DELETE', `devices/${deviceId}`);
    expect(await sipAuth.find(deviceId)).to.equal(undefined);
  });

  it('serves the schemas that apps published, and checks data against them', async () => {
    expect(
      await publishSchemas(rest.store, [
        { name: 'callflows.test', schema: { type: 'object', required: ['a'] } },
      ]),
    ).to.equal(1);
    expect(
      await publishSchemas(rest.store, [
        { name: 'callflows.test', schema: { type: 'object', required: ['a'] } },
      ]),
    ).to.equal(0);
    const { body } = await rest.send('GET', 'schemas');
    expect(body.data).to.include.members([
      'accounts',
      'callflows',
      'callflows.test',
      'devices',
      'phone_numbers',
      'users',
    ]);
    expect((await rest.send('GET', 'schemas/devices')).body.data.properties.name).to.include({
      type: 'string',
      maxLength: 128,
    });
    expect((await rest.send('GET', 'schemas/none')).status).to.equal(404);
    const check = (name: string, data: object) =>
      rest.send('PUT', `schemas/${name}/validation`, data, { token: tenant.token });
    expect((await check('callflows.test', {})).body.data).to.have.nested.property('a.required');
    expect((await check('menus', { name: 'x' })).status).to.equal(200);
    expect((await check('callflows', { flow: { module: 7, data: {} } })).status).to.equal(400);
  });

  it('says what runs', async () => {
    const { body } = await rest.send('GET', 'about', undefined, { token: rest.master.token });
    expect(body.data.version).to.match(/^\d+\.\d+\.\d+$/);
  });

  it('shows the names of what a callflow refers to', async () => {
    const menu = (await tenant.send('PUT', 'menus', { name: 'Welcome' })).body.data.id;
    const tune = (await tenant.send('PUT', 'media', { name: 'Tune' })).body.data.id;
    const flow = {
      module: 'menu',
      data: { id: menu },
      children: { 1: { module: 'user', data: { id: tenant.userId, ringback_id: tune } } },
    };
    const { body } = await tenant.send('PUT', 'callflows', {
      name: 'f',
      numbers: ['1'],
      metadata: { x: 1 },
      flow,
    });
    expect(body.data.metadata[menu]).to.deep.equal({ name: 'Welcome', pvt_type: 'menu' });
    expect(body.data.metadata[tune]).to.deep.equal({ name: 'Tune', pvt_type: 'media' });
    expect(body.data.metadata[tenant.userId]).to.include({ pvt_type: 'user', first_name: 'Ann' });
    const create = (data: object) => tenant.send('PUT', 'callflows', data);
    expect((await create({ flow })).body.data).to.have.nested.property('numbers.required');
    expect((await create({ numbers: ['1'], flow })).body.data).to.have.nested.property('numbers.unique');
    expect((await create({ patterns: ['('], flow })).status).to.equal(400);
  });

  it('gives an address that needs no password to one account only', async () => {
    const peer = rest.bus.peer('trunkstore@localhost');
    const entry = (account: string, type: string, cidr: string) => ({
      cidrs: [cidr],
      token: `doc@${account}`,
      type,
    });
    const Trusted = {
      a: entry(other.id, 'sys_info', '192.0.2.1/32'),
      b: entry(other.id, 'resource', '192.0.2.64/32'),
      c: entry(tenant.id, 'sys_info', '192.0.2.128/32'),
      d: { ...entry(other.id, 'device', '192.0.2.200/32'), cidrs: [], disputed: ['192.0.2.200/32'] },
    };
    await peer.consume(
      { bindings: [{ exchange: 'trusted', key: 'trusted.query' }], contracts: [trustedQuery] },
      (query) => peer.reply(query, trustedReply, { Trusted }),
    );
    const server = (ip: string) => ({ auth: { auth_method: 'ip', ip } });
    const pbx = (...ips: string[]) => tenant.send('PUT', 'connectivity', { servers: ips.map(server) });
    const refused = await pbx('192.0.2.9', '192.0.2.1:5080');
    expect(refused.status).to.equal(400);
    expect(refused.body.data['servers.1.auth.ip'].unique.cause).to.equal('192.0.2.1:5080');
    for (const taken of ['192.0.2.0/28', '192.0.2.64', '192.0.2.200'])
      expect((await pbx(taken)).status, taken).to.equal(400);
    expect((await pbx('192.0.2.128', '192.0.2.9', 'pbx.example.org')).status).to.equal(201);
    const carrier = (gateway: string) =>
      tenant.send('PUT', 'resources', { name: gateway, gateways: [{ server: gateway }] });
    expect((await carrier('192.0.2.64')).status, 'a carrier of both').to.equal(201);
    expect((await carrier('192.0.2.1')).body.data).to.have.keys('gateways.0.server');
    const phone = { name: 'p', sip: { method: 'ip', ip: '192.0.2.1' } };
    expect((await tenant.send('PUT', 'devices', phone)).body.data).to.have.keys('sip.ip');
  });
});
