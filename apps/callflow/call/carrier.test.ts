// Calls given to carriers whose trunkstore dies.
import { expect } from 'chai';
import { offnetReq, offnetResp } from '../../../core/messages/resource.ts';
import { node } from '../testing/bench.ts';
import { Pair } from '../testing/pair.ts';

describe('callflow: a call given to the carriers', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.open();
    await pair.config.set('callflow', 'carrier_patience', 200);
  });
  afterEach(() => pair.close());

  const job = async (serve: (attempt: number) => object | undefined) => {
    const carriers = pair.bus.peer('trunkstore@test');
    let attempts = 0;
    await carriers.consume(
      {
        queue: 'stepswitch_listener',
        bindings: [{ exchange: 'resources', key: 'offnet.resource.req.audio' }],
        contracts: [offnetReq],
      },
      async (request) => {
        attempts += 1;
        const answer = serve(attempts) as { 'Response-Message': string } | undefined;
        if (answer) await carriers.reply(request, offnetResp, answer);
      },
    );
  };

  it('is given to another trunkstore when nobody begins anything', async () => {
    await job((attempt) => (attempt === 1 ? undefined : { 'Response-Message': 'NO_ROUTE_DESTINATION' }));
    const routed = await pair.call(
      node('offnet', {}, { NO_ROUTE_DESTINATION: node('response', { code: 404 }) }),
    );
    expect(await routed.next('respond')).to.include({ 'Response-Code': 404 });
    expect(pair.bus.named('offnet_req')).to.have.length(2);
    const flushes = routed.commands.filter((it) => it['Insert-At'] === 'flush');
    expect(flushes, 'what the first one may have sent is void').to.have.length(2);
    expect(routed.names()).to.not.include('bridge');
  });

  it('has the outcome of the bridge that its dead trunkstore had begun', async () => {
    await job(() => undefined);
    const routed = await pair.call(node('offnet', {}, { USER_BUSY: node('response', { code: 486 }) }));
    const over = { 'Application-Name': 'bridge', 'Application-Response': 'USER_BUSY' };
    await routed.event('CHANNEL_EXECUTE_COMPLETE', over);
    expect(await routed.next('respond')).to.include({ 'Response-Code': 486 });
    expect(pair.bus.named('offnet_req')).to.have.length(1);
  });

  it('is over when it was connected and the other side hangs up', async () => {
    await job(() => undefined);
    const routed = await pair.call(node('offnet', {}, { _: node('response') }));
    await routed.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'b' });
    await routed.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-Name': 'bridge' });
    await routed.next('hangup');
    expect(routed.names()).to.not.include('respond');
  });

  it('ends with its bridge, though nobody says so', async () => {
    await job(() => undefined);
    const routed = await pair.call(node('offnet'));
    await pair.bus.settled();
    await routed.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'b' });
    await pair.dies(routed);
    await routed.next('hangup');
    expect(routed.names()).to.deep.equal(['noop', 'hangup']);
  });
});
