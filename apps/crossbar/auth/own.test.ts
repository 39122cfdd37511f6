// What users may do without being admins: what is theirs alone, as their messages, their calls, their state as an agent.
import { expect } from 'chai';
import { queryAccountChannelsReq, queryAccountChannelsResp } from '../../../core/messages/call.ts';
import { tenants } from '../testing/tenants.ts';

describe('what belongs to a user', () => {
  const { rest, tenant, other } = tenants();
  const person = async (username: string) => {
    const data = { first_name: 'U', last_name: username, username, password: 'opensesame' };
    const { id } = (await tenant.send('PUT', 'users', data)).body.data;
    const token = String((await rest.login(username, 'opensesame', tenant.name)).body.auth_token);
    return { id: String(id), token };
  };
  let ann: { readonly id: string; readonly token: string };
  let bob: { readonly id: string; readonly token: string };
  before(async () => {
    [ann, bob] = [await person('ann'), await person('bob')];
  });

  const status = async (method: string, path: string, data: object, { token }: { readonly token: string }) =>
    (await tenant.send(method, path, data, { token })).status;

  it('are the messages of their box: to be put into folders, and deleted', async () => {
    const box = { name: 'Ann', mailbox: '1001', owner_id: ann.id };
    const { id } = (await tenant.send('PUT', 'vmboxes', box)).body.data;
    const path = `vmboxes/${id}/messages`;
    const leave = async () =>
      String((await tenant.send('PUT', path, { caller_id_number: '1002' })).body.data.media_id);
    const [first, second] = [await leave(), await leave()];
    for (const [method, at, data] of [
      ['POST', `${path}/${first}`, { folder: 'saved' }],
      ['POST', path, { messages: [second], folder: 'saved' }],
      ['DELETE', `${path}/${first}`, {}],
      ['DELETE', path, { messages: [second] }],
    ] as const) {
      expect(await status(method, at, data, bob), at).to.equal(403);
      expect(await status(method, at, data, ann), at).to.equal(200);
    }
    // Of nobody's box only admins do.
    const shared = (await tenant.send('PUT', 'vmboxes', { name: 'All', mailbox: '1002' })).body.data.id;
    expect(await status('DELETE', `vmboxes/${shared}/messages`, {}, ann)).to.equal(403);
    expect(await status('DELETE', `vmboxes/${shared}/messages`, {}, tenant)).to.equal(200);
    expect(await status('DELETE', path, {}, other)).to.equal(404);
  });

  it('is their box, but for whose it is and where it is called', async () => {
    const box = { name: 'Ann', mailbox: '1003', owner_id: ann.id };
    const path = `vmboxes/${(await tenant.send('PUT', 'vmboxes', box)).body.data.id}`;
    const change = { pin: '4711', notify_email_addresses: ['ann@acme.test'] };
    expect(await status('PATCH', path, change, bob)).to.equal(403);
    expect(await status('PATCH', path, change, ann)).to.equal(200);
    expect(await status('POST', path, { ...box, ...change }, ann)).to.equal(200);
    for (const more of [{ owner_id: bob.id }, { mailbox: '1004' }, { owner_id: null }])
      expect(await status('PATCH', path, more, ann), JSON.stringify(more)).to.equal(403);
    expect(await status('PATCH', path, { mailbox: '1004' }, tenant)).to.equal(200);
    expect(await status('DELETE', path, {}, ann)).to.equal(403);
    expect(await status('PUT', 'vmboxes', { ...box, mailbox: '1005' }, ann)).to.equal(403);
  });

  it('are their calls', async () => {
    await rest.bus.peer('ecallmgr@localhost').consume(
      {
        bindings: [{ exchange: 'callevt', key: 'call.status_req.#' }],
        contracts: [queryAccountChannelsReq],
      },
      async (query) => {
        const call = { uuid: 'leg-1', owner_id: ann.id };
        await rest.bus
          .peer('ecallmgr@localhost')
          .reply(query, queryAccountChannelsResp, { Channels: [call] });
      },
    );
    for (const method of ['POST', 'PUT']) {
      const act = { action: method === 'PUT' ? 'metaflow' : 'break', module: 'hangup' };
      expect(await status(method, 'channels/leg-1', act, bob), method).to.equal(403);
      expect(await status(method, 'channels/leg-1', act, ann), method).to.not.equal(403);
    }
  });

  it('is what they do as an agent, and their lamps', async () => {
    const { id } = (await tenant.send('PUT', 'queues', { name: 'Sales' })).body.data;
    const join = { action: 'login', queue_id: id };
    const path = `agents/${ann.id}/queue_status`;
    expect(await status('POST', path, join, bob)).to.equal(403);
    expect(await status('POST', path, join, ann)).to.equal(200);
    const away = { status: 'pause' };
    expect(await status('POST', `agents/${ann.id}/status`, away, bob)).to.equal(403);
    expect(await status('POST', `agents/status/${ann.id}`, away, ann), 'no call centre').to.equal(503);
    const lamp = { action: 'reset' };
    expect(await status('POST', `users/${ann.id}/presence`, lamp, bob)).to.equal(403);
    expect(await status('POST', `users/${ann.id}/presence`, lamp, ann)).to.equal(200);
  });
});
