// Orders to a switch, and what becomes of it: NOTIFY to phones, API commands, pausing, health.
import { expect } from 'chai';
import { originateReq } from '../../../core/messages/resource.ts';
import { fsXmlFlush, notify, reloadAcls, reloadGateways } from '../../../core/messages/switch.ts';
import { endpointOf, Live } from '../testing/live.ts';

describe('orders to a switch', () => {
  let live: Live;

  before(async () => {
    live = await Live.open();
  });
  after(() => live.close());

  it('run on it, and are answered', async () => {
    expect(await live.order('echo', 'hello world')).to.include({
      Result: 'success',
      Response: 'hello world',
      'FreeSWITCH-Node': 'freeswitch@media1',
    });
    expect(await live.order('uuid_exists', 'nobody')).to.include({ Result: 'error' });
    for (const order of [reloadAcls, reloadGateways]) await live.bus.publish(order, {});
    await live.bus.publish(fsXmlFlush, { Username: 'user one', Realm: 'demo.local' });
    await live.bus.settled();
    expect(live.bus.log.records.filter(({ message }) => /follow an order/.test(message))).to.deep.equal([]);
  });

  it('send a phone a NOTIFY through the edge', async () => {
    const edge = await live.target.phone('edge');
    const notified = new Promise<{ event: string; aor: string; uri: string; body: string }>((resolve) =>
      edge.stack.on('request', ({ method, headers, uri, body }) => {
        if (method !== 'NOTIFY') return;
        const [event = '', aor = ''] = [headers.get('event'), headers.get('x-kazoo-aor')];
        resolve({ event, aor, uri, body: body.toString() });
      }),
    );
    await live.edgeAt(edge.port);
    await live.bus.publish(notify, {
      Username: 'alice',
      Realm: 'demo.local',
      Event: 'check-sync;reboot=false',
      Body: 'sync',
      'Content-Type': 'text/plain',
    });
    expect(await notified).to.deep.equal({
      event: 'check-sync;reboot=false',
      aor: 'sip:alice@demo.local',
      uri: 'sip:alice@demo.local',
      body: 'sync',
    });
  });

  it('take it out of what gets new calls, and back in', async () => {
    const phone = await live.target.phone('bob');
    const ask = () =>
      live.bus.request(originateReq, {
        'Application-Name': 'park',
        Endpoints: [endpointOf(phone)],
      } as never);
    await live.order('pause', 'new calls');
    expect((await ask())['Event-Category']).to.equal('error');
    expect(live.bus.named('advertise').at(-1)?.['Media-Servers']).to.deep.equal({});
    await live.order('resume', 'new calls');
    const asked = ask();
    (await phone.incoming()).answer();
    await live.end(String((await asked)['Call-ID']));
  });
});
