// What phones notice when a part behind the edge dies, hangs or returns, and when one of two edges does.
import { expect } from 'chai';
import { eventually } from '../e2e/eventually.ts';
import { itMay, kind } from './capabilities.ts';
import { nextOf } from './peer.ts';
import type { Phone } from './phone.ts';
import { sharedZone } from './shared.ts';
import { realm, type Zone } from './zone.ts';

describe('edge: when something dies', function () {
  this.timeout(60_000);
  let zone: Zone;
  before(async () => {
    zone = await sharedZone();
  });

  const calls = async (phone: Phone): Promise<void> => {
    const call = phone.invite('2000');
    const { incoming } = await nextOf(
      zone.media.map((server) => server.phone),
      'INVITE',
    );
    incoming.answer(486);
    expect((await call.final).status).to.equal(486);
  };
  /** A user that the edge knows registers on and calls; the answers are as quick as ever. */
  const warm = async (phone: Phone): Promise<void> => {
    const began = performance.now();
    for (let count = 0; count < 10; count++) expect((await phone.refresh().final).status).to.equal(200);
    await calls(phone);
    expect(performance.now() - began).to.be.below(2_000);
  };
  /** A user that it does not know is told so, with the time to try again. */
  const cold = async (user: string): Promise<void> => {
    const phone = await zone.phone(user);
    const registered = await phone.register();
    expect([registered.status, registered.headers.get('retry-after')]).to.deep.equal([503, '5']);
    const challenged = await phone.invite('2000').final;
    expect(challenged.status).to.equal(407);
    phone.takeChallenge(challenged);
    const uri = `sip:2000@${realm}`;
    const refused = await phone.invite(uri, { 'Proxy-Authorization': phone.authorization('INVITE', uri) })
      .final;
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '5']);
  };
  /** Soon a user that it does not know is let in again. */
  const heals = (user: string): Promise<void> =>
    eventually(async () => {
      const phone = await zone.phone(user);
      expect((await phone.register()).status).to.equal(200);
    }, 15);

  itMay(
    'answer without the bus',
    'registrar is gone: who is known goes on, the rest is told when to try again',
    async () => {
      const phone = await zone.registered('500');
      await zone.registrar.stop();
      try {
        await cold('501');
        await warm(phone);
      } finally {
        await zone.registrar.start();
      }
      await heals('501');
    },
  );

  itMay('answer without the bus', 'registrar hangs: the same', async () => {
    const phone = await zone.registered('502');
    const release = zone.registrar.hold();
    try {
      await cold('503');
      await warm(phone);
    } finally {
      release();
    }
    await heals('503');
  });

  itMay(
    'answer without the bus',
    'the broker dies and returns: the same, and what could not be told is told',
    async () => {
      const phone = await zone.registered('504');
      await eventually(() => expect(zone.told('504')).to.have.length(1));
      zone.cable.cut();
      try {
        await cold('505');
        await warm(phone);
        // A move is news.
        expect((await phone.refresh({ Expires: '200' }).final).status).to.equal(200);
      } finally {
        await zone.cable.mend();
      }
      await heals('505');
      await eventually(() => expect(zone.told('504').at(-1)).to.include({ Expires: 200 }), 15);
    },
  );

  /** A password that changes and a user who may no more, while what `cut` cuts off is not told; the rest of a zone as it was. */
  const outdated = async (first: number, cut: () => unknown, mend: () => Promise<unknown>): Promise<void> => {
    const [changed, barred, other] = await Promise.all(
      [first, first + 1, first + 2].map((user) => zone.registered(`${user}`)),
    );
    if (!changed || !barred || !other) throw new Error('three phones were to register');
    await eventually(() => expect(zone.told(other.user)).to.have.length(1));
    await cut();
    try {
      zone.registrar.passwords.set(changed.user, 'another');
      zone.registrar.refused.add(barred.user);
      for (const { user } of [changed, barred]) await zone.flush(user);
    } finally {
      await mend();
    }
    const answered = (phone: Phone, status: number): Promise<void> =>
      eventually(async () => {
        const { status: given } = await phone.register();
        if (given !== status) throw new Error(`${phone.user} got ${given}, not ${status}`);
      }, 15);
    await answered(changed, 401);
    await answered(barred, 401);
    changed.password = 'another';
    await answered(changed, 200);
    // Who is registered is called, before anything was heard of the phone again.
    await zone.serving(...zone.media);
    const media = zone.media[0].phone;
    const { host, port } = zone.edge.place('udp');
    const call = media.invite(
      `sip:${other.user}@${host}:${port}`,
      { 'X-KAZOO-AOR': other.aor },
      { host, port },
    );
    (await other.next('INVITE')).answer(486);
    expect((await call.final).status).to.equal(486);
    const asked = zone.registrar.asked(other.user);
    await answered(other, 200);
    expect(zone.registrar.asked(other.user)).to.be.above(asked);
    await warm(other);
    expect(zone.told(other.user).map(({ Status }) => Status)).not.to.include('Unregistered');
  };

  it('a password that changed while the edge had no broker is not believed after the return', () =>
    outdated(511, zone.cable.cut, zone.cable.mend));

  itMay('work without its app', 'nor one that changed while the app beside the edge was away', () =>
    outdated(514, zone.app.stop, zone.app.start),
  );

  it('the app beside the edge stops and returns: media servers and addresses are as before', async () => {
    const carrier = await zone.phone('+15551230000', { realm: 'carrier.example.net', host: '127.6.6.6' });
    const trusted = () =>
      eventually(async () => {
        await zone.trust({ carrier: { cidrs: ['127.6.6.6/32'], token: 'resource9@offnet' } });
        const call = carrier.invite(`sip:+14155550100@${zone.edge.place('udp').host}`);
        const first = await Promise.race([call.final, call.status(100)]);
        if (first.status !== 100) throw new Error(`the carrier got ${first.status}`);
        const { incoming } = await nextOf(
          zone.media.map((server) => server.phone),
          'INVITE',
        );
        incoming.answer(486);
        await call.final;
      });
    await trusted();
    await zone.app.stop();
    if (kind === 'kamailio') {
      const phone = await zone.registered('506');
      await warm(phone);
      await trusted();
    }
    await zone.app.start();
    await zone.serving(...zone.media);
    await warm(await zone.registered('507'));
    await trusted();
  });

  itMay(
    'several edges',
    'a phone of one edge is called through the other, also when its own has died',
    async () => {
      const phone = await zone.registered('508', { index: 0 });
      const media = zone.media[0].phone;
      const { host, port } = zone.edge.place('udp', { index: 1 });
      const ring = async (): Promise<void> => {
        const call = media.invite(
          `sip:508@${host}:${port}`,
          { 'X-KAZOO-AOR': `sip:508@${realm}`, Contact: `<${media.uri}>` },
          { host, port },
        );
        const incoming = await phone.next('INVITE');
        const callee = phone.accept(incoming);
        const caller = await media.answered(call);
        await phone.next('ACK');
        const bye = media.within(caller, 'BYE');
        const end = await phone.next('BYE');
        expect(callee.receive(end.request)).to.equal(undefined);
        end.answer(200);
        expect((await bye.final).status).to.equal(200);
      };
      await eventually(ring);
      const [edge] = zone.edges;
      await edge?.kill();
      try {
        await ring();
        // It turns to the other edge with what it has: its nonce is of the one that died.
        const moved = await zone.phone('508', { index: 1 });
        expect((await moved.register()).status).to.equal(200);
        await warm(moved);
      } finally {
        await edge?.start();
      }
      await zone.serving(...zone.media);
      await warm(await zone.registered('509', { index: 0 }));
    },
  );

  itMay(
    'several edges',
    'an edge that has come back knows who registered at the other meanwhile',
    async () => {
      const [edge] = zone.edges;
      await edge?.kill();
      const phone = await zone.registered('510', { index: 1 }).finally(() => edge?.start());
      await zone.serving(...zone.media);
      const media = zone.media[0].phone;
      const { host, port } = zone.edge.place('udp', { index: 0 });
      await eventually(async () => {
        const call = media.invite(
          `sip:510@${host}:${port}`,
          { 'X-KAZOO-AOR': `sip:510@${realm}` },
          { host, port },
        );
        const { status } = await call.status(100);
        expect(status).to.equal(100);
        const incoming = await phone.next('INVITE');
        incoming.answer(486);
        expect((await call.final).status).to.equal(486);
      });
    },
  );
});
