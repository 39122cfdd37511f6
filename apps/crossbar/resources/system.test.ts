// What the processes of the cluster tell over REST: their state, what maintenance functions see, and the stories of calls.
import { expect } from 'chai';
import { gregorian, monthDatabase, monthOf } from '../../../core/couch/index.ts';
import { queryAccountChannelsReq, queryAccountChannelsResp } from '../../../core/messages/call.ts';
import { callStoryReq, callStoryResp, infoReq, infoResp } from '../../../core/messages/maintenance.ts';
import { tenants } from '../testing/tenants.ts';

describe('the cluster over REST', () => {
  const { rest, tenant, other } = tenants();
  const master = (path: string) => rest.send('GET', path, undefined, { token: rest.master.token });

  before(async () => {
    const peer = rest.bus.peer('ecallmgr@media');
    await peer.consume(
      { bindings: [{ exchange: 'monitor', key: 'maintenance.process.info' }], contracts: [infoReq] },
      (query) =>
        peer.reply(query, infoResp, {
          Zone: 'west',
          Version: '0.1.0',
          'Process-ID': 7,
          Startup: gregorian(new Date('2026-01-02T03:04:05Z')),
          'Used-Memory': 1000,
          Apps: { ecallmgr: { Healthy: true, Switches: [{ Name: 'fs1', Connected: true }] } },
          Bus: { Connected: true },
          Store: {},
          Log: {},
          Nodes: [],
        }),
    );
    await peer.consume(
      { bindings: [{ exchange: 'callevt', key: 'call.status_req.#' }], contracts: [queryAccountChannelsReq] },
      (query) =>
        peer.reply(query, queryAccountChannelsResp, {
          Channels:
            query.message['Account-ID'] === tenant.id ? [{ uuid: 'live-1', account_id: tenant.id }] : [],
        }),
    );
    await peer.consume(
      { bindings: [{ exchange: 'monitor', key: 'maintenance.call_story.#' }], contracts: [callStoryReq] },
      (query) =>
        peer.reply(query, callStoryResp, {
          'Call-ID': query.message['Call-ID'],
          Entries: [
            { At: 2_000, Way: 'got', What: 'answer', Node: 'callflow@a', Details: {} },
            { At: 1_000, Way: 'sent', What: 'CHANNEL_CREATE', Details: { From: 'a' } },
          ],
          Ended: false,
          Dropped: 0,
        }),
    );
  });

  it('shows every process by zone and node', async () => {
    const { data } = (await master('system_status')).body;
    expect(data.west['ecallmgr@media'][0]).to.deep.include({
      version: '0.1.0',
      startup: '2026-01-02T03:04:05.000Z',
      used_memory: 1000,
      apps: { ecallmgr: { healthy: true, switches: [{ name: 'fs1', connected: true }] } },
    });
  });

  it('runs maintenance functions that only look, and no others', async () => {
    expect((await master('sup')).body.data.kapps_config).to.deep.equal({ get: ['category', 'key'] });
    expect((await master(`sup/crossbar_maintenance/find_account_by_id/${tenant.id}`)).body.data).to.include({
      name: 'acme',
    });
    const [found] = (await master('sup/crossbar_maintenance/find_account_by_realm/acme.test')).body.data;
    expect(found.id).to.equal(tenant.id);
    expect((await master('sup/crossbar_maintenance/find_account_by_name/acme')).body.data).to.have.length(1);
    expect((await master('sup/kapps_controller/running_apps')).body.data).to.deep.equal(['ecallmgr']);
    expect((await master('sup/ecallmgr_maintenance/list_fs_nodes')).body.data[0].switches).to.have.length(1);
    await rest.context.systemConfig.set('crossbar', 'maximum_range', 77);
    expect((await master('sup/kapps_config/get/crossbar/maximum_range')).body.data).to.equal(77);
    for (const path of [
      'erlang/halt',
      'crossbar_maintenance/move_account',
      'constructor/name',
      '__proto__/x',
    ])
      expect((await master(`sup/${path}`)).status, path).to.equal(404);
    const few = await master('sup/kapps_config/get/crossbar');
    expect([few.status, few.text]).to.satisfy(
      ([status, text]: [number, string]) => status === 400 && /takes category, key; 1 were given/.test(text),
    );
    expect((await tenant.send('GET', '')).status).to.equal(200);
    expect((await rest.send('GET', 'sup', undefined, { token: tenant.token })).status).to.equal(403);
  });

  it("tells the story of the account's own calls, and of nobody else's", async () => {
    const { data } = (await tenant.send('GET', 'call_inspector/live-1')).body;
    expect(data.messages.map(({ label }: { label: string }) => label)).to.deep.equal([
      'CHANNEL_CREATE',
      'answer',
    ]);
    expect(data.messages[1]).to.include({ from: 'callflow@a', to: 'ecallmgr@media', timestamp: 2 });
    expect((await other.send('GET', 'call_inspector/live-1')).status).to.equal(404);
    expect((await tenant.send('GET', 'call_inspector/none')).status).to.equal(404);
    const now = new Date();
    const record = {
      _id: `${monthOf(now)}-ended-1`,
      pvt_type: 'cdr',
      pvt_created: gregorian(now),
      call_id: 'ended-1',
    };
    await rest.store.database(monthDatabase(tenant.id, now)).save(record);
    expect((await tenant.send('GET', 'call_inspector')).body.data).to.have.members(['live-1', 'ended-1']);
    expect((await tenant.send('GET', 'call_inspector/ended-1')).status).to.equal(200);
    expect((await other.send('GET', 'call_inspector')).body.data).to.deep.equal([]);
  });
});
