// Requests of a process that has just come back to the broker, before the others are back.
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { startBroker } from '../../rel/embedded/broker/index.ts';
import { fakeMetrics, silentLog, Wire } from '../testing/index.ts';
import { everyPing, ping, pong } from '../testing/ping.ts';
import { connectBus } from './index.ts';

describe('a bus that is back', () => {
  it('begins a handshake anew that nothing is heard of', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    const wire = new Wire(new URL(broker.url));
    const urls = [`amqp://127.0.0.1:${await wire.open()}`];
    // What is sent now is lost, and never sent again.
    wire.held = true;
    const began = performance.now();
    const common = { node: 'test@localhost', appName: 'test', appVersion: '1', strict: true };
    const bus = await connectBus({ ...common, urls, log: silentLog(), metrics: fakeMetrics() });
    await pause(500);
    wire.held = false;
    while (!bus.status().connected) await pause(10);
    expect(performance.now() - began).to.be.below(4_500);
    await bus.close();
    await wire.close();
    await broker.stop();
  });

  it('asks again for as long as others may be on their way', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    const wire = new Wire(new URL(broker.url));
    const common = { node: 'test@localhost', appName: 'test', appVersion: '1', strict: true };
    const open = (address: string) =>
      connectBus({ ...common, urls: [address], log: silentLog(), metrics: fakeMetrics() });
    const [bus, far] = [await open(broker.url), await open(`amqp://127.0.0.1:${await wire.open()}`)];
    while (!far.status().connected) await pause(10);
    wire.cut();
    while (far.status().connections < 2) await pause(10);
    const asked = far.request(ping, { Realm: 'x' }, { timeout: 5000 });
    await pause(100);
    await bus.consume({ bindings: everyPing, contracts: [ping] }, (delivery) =>
      bus.reply(delivery, pong, { Value: 7 }),
    );
    expect((await asked).Value).to.equal(7);
    await Promise.all([far.close(), bus.close()]);
    await wire.close();
    await broker.stop();
  });
});
