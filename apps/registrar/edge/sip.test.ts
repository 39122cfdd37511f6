// The connection to the SIP server is lost in a call that the edge stands between, and comes back.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { fakeBus } from '../../../core/testing/index.ts';
import { startSipServer } from '../../../rel/embedded/sip/index.ts';
import type { Address } from '../../../rel/embedded/sip/stack/index.ts';
import { connectSip } from './sip.ts';
import { closePhones, Phone } from './testing/phone.ts';
import { until, type Zone } from './testing/zone.ts';

describe('edge: the connection to the SIP server', () => {
  it('that is lost ends back-to-back calls when it is back: nobody else could', async () => {
    const host = '127.0.0.1';
    const listen = [{ protocol: 'udp' as const, host, port: 0 }];
    const server = await startSipServer({ control: { host, port: 0 }, secret: 'x', listen });
    const [address] = server.addresses as [Address];
    const open = new Set<Socket>();
    const cable = createServer((near) => {
      const far = connect(server.controlPort, host);
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        open.add(socket);
        socket.on('error', () => undefined);
      }
    }).listen(0, host);
    await once(cable, 'listening');
    const around = { sip: () => address } as unknown as Zone;
    const [alice, bob] = [await Phone.open(around, 'alice'), await Phone.open(around, 'bob')];
    const edge = connectSip({
      host,
      port: (cable.address() as AddressInfo).port,
      secret: 'x',
      log: fakeBus({ node: 'edge@test' }).log,
      methods: ['INVITE'],
      isInside: () => false,
      onRequest: (request) => void request.connect({ destinations: [{ uri: bob.uri }] }),
      onConnect: () => undefined,
    });
    try {
      await until(() => edge.connected);
      // The server reads one connection after another: let it learn of the route.
      await edge.probe(bob.uri, 1000);
      const call = alice.call(`sip:bob@${host}:${address.port}`);
      bob.answer(await bob.next('INVITE'));
      await call.answered();
      await until(() => edge.calls.size === 1);
      for (const socket of open) socket.destroy();
      for (const phone of [alice, bob]) {
        const { request, transaction } = await phone.next('BYE');
        expect(request.headers.get('reason')).to.include('Edge stopped');
        transaction.respond(200);
      }
      expect(edge.calls.size).to.equal(0);
    } finally {
      await edge.close();
      cable.close();
      await closePhones();
      await server.stop();
    }
  });
});
