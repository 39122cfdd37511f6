// Which media server gets a call, in the four ways to choose, and what happens when one dies, is full or pauses.
import { expect } from 'chai';
import { eventually } from '../e2e/eventually.ts';
import { hiding, itMay, kind } from './capabilities.ts';
import { nextOf } from './peer.ts';
import type { Phone } from './phone.ts';
import { sharedZone } from './shared.ts';
import type { MediaServer, Zone } from './zone.ts';

describe('edge: media servers', function () {
  this.timeout(60_000);
  let zone: Zone;
  let phone: Phone;
  let first: MediaServer;
  let second: MediaServer;
  before(async () => {
    zone = await sharedZone();
    [first, second] = zone.media;
    phone = await zone.registered('300');
  });
  after(() => zone.configure({}));
  afterEach(async () => {
    for (const server of zone.media) {
      await server.die();
      await server.live();
    }
    await zone.serving(...zone.media);
  });

  /** Calls, each refused as busy at once. Gives the address at which each arrived. */
  const calls = async (callIds: readonly string[]): Promise<string[]> => {
    const where: string[] = [];
    for (const id of callIds) {
      const call = phone.invite('2000', { 'Call-ID': id });
      const { peer, incoming } = await nextOf(
        zone.media.map((server) => server.phone),
        'INVITE',
      );
      incoming.answer(486);
      expect((await call.final).status).to.equal(486);
      where.push(peer.address);
    }
    return where;
  };
  const ids = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${name}-${index}-${'x'.repeat(index % 7)}`);
  const share = (where: readonly string[], server: MediaServer): number =>
    where.filter((address) => address === server.address).length / where.length;

  it('hash: a Call-ID always leads to the same one, all together to both', async () => {
    await zone.configure({ dispatcher: { choice: 'hash' } });
    const where = await calls(ids('hash', 30));
    expect(await calls(ids('hash', 30))).to.deep.equal(where);
    expect(share(where, first)).to.be.within(0.15, 0.85);
  });

  it('round robin: in turn', async () => {
    await zone.configure({ dispatcher: { choice: 'round_robin' } });
    const where = await calls(ids('turn', 10));
    for (const [index, address] of where.entries())
      if (index > 0) expect(address).not.to.equal(where[index - 1]);
  });

  itMay('weight and active', 'weight: as many as its share', async () => {
    const weights = { 'freeswitch@1': 3, 'freeswitch@2': 1 };
    await zone.configure({ dispatcher: { choice: 'weight', weights } });
    expect(share(await calls(ids('weight', 100)), first)).to.be.within(0.6, 0.9);
  });

  itMay('weight and active', 'active: the heaviest that lives has all, the other stands by', async () => {
    const weights = { 'freeswitch@1': 1, 'freeswitch@2': 2 };
    await zone.configure({ dispatcher: { choice: 'active', weights, probe_every: 1, failures: 2 } });
    // Each worker of the edge learns of the weights by itself.
    await eventually(async () =>
      expect(share(await calls(ids(`active-${Date.now()}`, 6)), second)).to.equal(1),
    );
    await second.die();
    await zone.serving(first);
    expect(share(await calls(ids('standby', 6)), first)).to.equal(1);
    await second.live();
    await zone.serving(first, second);
    expect(share(await calls(ids('again', 6)), second)).to.equal(1);
  });

  it('probing: one that is dead gets no calls within seconds, and calls again when it is back', async () => {
    await zone.configure({ dispatcher: { choice: 'round_robin', probe_every: 1, failures: 2 } });
    await first.die();
    const died = Date.now();
    await zone.serving(second);
    expect(Date.now() - died).to.be.below(10_000);
    expect(share(await calls(ids('alone', 6)), second)).to.equal(1);
    await first.live();
    await zone.serving(first, second);
    expect(share(await calls(ids('both', 6)), first)).to.equal(0.5);
  });

  it('a call to one that has just died arrives at the other', async () => {
    await zone.configure({ dispatcher: { choice: 'round_robin', fresh: 0, failures: 2 } });
    await first.die();
    expect(share(await calls(ids('silent', 2)), second)).to.equal(1);
  });

  it('one that answers OPTIONS with 503 (paused) gets no calls', async () => {
    await zone.configure({ dispatcher: { choice: 'round_robin', probe_every: 1, failures: 2 } });
    first.phone.handlers.set('OPTIONS', ({ answer }) => answer(503));
    await zone.serving(second);
    expect(share(await calls(ids('paused', 6)), second)).to.equal(1);
  });

  itMay('second try', 'a call that one cannot take (full, out of order) goes to the other', async () => {
    await zone.configure({ ...hiding, dispatcher: { choice: 'round_robin' } });
    for (const [status, reason] of [
      [503, 'Maximum Calls In Progress'],
      [500, 'Server Internal Error'],
      [502, 'Bad Gateway'],
    ] as const) {
      first.phone.handlers.set('INVITE', ({ answer }) => answer(status, {}, '', reason));
      expect(share(await calls(ids(`full-${status}`, 4)), second)).to.equal(1);
    }
  });

  it('an answer of the callflow is final: the call is not made twice', async () => {
    await zone.configure({ dispatcher: { choice: 'round_robin' } });
    const fromCallflow = { Reason: 'Q.850;cause=41;text="NORMAL_TEMPORARY_FAILURE"' };
    for (const status of [404, 408, 480, 486, 488, 503, 603]) {
      const call = phone.invite('2000');
      const { incoming } = await nextOf(
        zone.media.map((server) => server.phone),
        'INVITE',
      );
      incoming.answer(status, fromCallflow);
      expect((await call.final).status).to.equal(status);
      for (const server of zone.media) expect(server.phone.waiting('INVITE')).to.equal(0);
    }
  });

  it('an answered call stays where it is, whatever becomes of the choice', async () => {
    await zone.configure({ dispatcher: { choice: 'hash' } });
    const call = phone.invite('2000');
    const { peer, incoming } = await nextOf(
      zone.media.map((server) => server.phone),
      'INVITE',
    );
    const callee = peer.accept(incoming);
    const caller = await phone.answered(call);
    await peer.next('ACK');
    const other = zone.media.find((server) => server.phone !== peer) as MediaServer;
    // The one with the call takes no more of them.
    peer.handlers.set('OPTIONS', ({ answer }) => answer(503));
    await zone.serving(other);
    const info = phone.within(caller, 'INFO', { 'Content-Type': 'application/dtmf-relay' }, 'Signal=1\r\n');
    (await peer.next('INFO')).answer(200);
    expect((await info.final).status).to.equal(200);
    const bye = peer.within(callee, 'BYE');
    (await phone.next('BYE')).answer(200);
    expect((await bye.final).status).to.equal(200);
  });

  it('without any, a call is refused with the time to try again', async () => {
    for (const server of zone.media) server.phone.handlers.set('OPTIONS', ({ answer }) => answer(503));
    await zone.serving();
    const refused = await phone.invite('2000').final;
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '5']);
  });

  if (kind === 'kamailio')
    it('a restarted Kamailio gets its media servers again', async () => {
      const [edge] = zone.edges;
      await edge?.kill();
      await edge?.start();
      await zone.serving(...zone.media);
      expect((await phone.register()).status).to.equal(200);
      expect((await calls(ids('restart', 2))).length).to.equal(2);
    });
});
