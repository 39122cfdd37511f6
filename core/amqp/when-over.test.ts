// Messages that are acknowledged when they are over: what a process has not finished, another goes on with.
import { expect } from 'chai';
import { type Broker, startBroker } from '../../rel/embedded/broker/index.ts';
import { message } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import { fakeMetrics, type SilentLog, silentLog, Wire } from '../testing/index.ts';
import { everyPing, ping } from '../testing/ping.ts';
import { type Bus, connectBus } from './index.ts';

const hello = message({ category: 'nodes', name: 'hello', exchange: 'nodes', fields: {} });
const address = process.env['MIRLITON_TEST_AMQP'];

describe(`acknowledging when over, on ${address ?? 'the embedded broker'}`, () => {
  let broker: Broker | undefined;
  let url: string;
  let bus: Bus;
  let log: SilentLog;
  const buses: Bus[] = [];

  const open = async (urls: readonly string[]): Promise<Bus> => {
    const sender = { node: 'test@localhost', appName: 'test', appVersion: '1' };
    const opened = await connectBus({ urls, ...sender, log, metrics: fakeMetrics(), strict: true });
    buses.push(opened);
    return opened;
  };

  before(async () => {
    if (address === undefined) broker = await startBroker({ host: '127.0.0.1', port: 0 });
    url = address ?? broker?.url ?? '';
  });
  after(() => broker?.stop());
  beforeEach(async () => {
    log = silentLog();
    bus = await open([url]);
  });
  afterEach(() => Promise.all(buses.splice(0).map((it) => it.close())));

  it('gives what a process had not finished to the one that goes on, in order', async () => {
    const queue = `test-${process.pid}-over`;
    const wire = new Wire(new URL(url));
    const far = await open([`amqp://127.0.0.1:${await wire.open()}`]);
    const options = { queue, bindings: everyPing, contracts: [ping], linger: 5_000 } as const;
    const seen: string[] = [];
    let endAll: () => void = () => undefined;
    const never = new Promise<void>((resolve) => {
      endAll = resolve;
    });
    await far.consume({ ...options, delivery: 'when_over' }, async ({ message }) => {
      seen.push(`far ${message.Realm}`);
      if (message.Realm !== 'a') await never;
    });
    for (const Realm of ['a', 'b', 'c']) await bus.publish(ping, { Realm });
    while (seen.length < 3) await new Promise((resolve) => setImmediate(resolve));
    // What is confirmed was written behind the acknowledgement.
    await far.publish(hello, {}, { durable: true });
    wire.held = true;
    wire.cut();
    await bus.consume({ ...options, delivery: 'when_over' }, ({ message, redelivered }) => {
      seen.push(`near ${message.Realm} ${redelivered}`);
    });
    while (seen.length < 5) await new Promise((resolve) => setImmediate(resolve));
    expect(seen).to.deep.equal(['far a', 'far b', 'far c', 'near b true', 'near c true']);
    endAll();
    await wire.close();
  });

  it('gives back what a handler lets go of', async () => {
    const queue = `test-${process.pid}-let-go`;
    const options = { queue, bindings: everyPing, contracts: [ping], linger: 5_000 } as const;
    let letGo: (error: AppError) => void = () => undefined;
    const first = await bus.consume({ ...options, delivery: 'when_over' }, () => {
      return new Promise<void>((_resolve, reject) => {
        letGo = reject;
      });
    });
    await bus.publish(ping, { Realm: 'x' });
    while (bus.status().inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    const stopped = first.stop();
    letGo(new AppError('stopping'));
    await stopped;
    const again = await new Promise<boolean>((resolve) => {
      void bus.consume({ ...options, delivery: 'when_over' }, ({ redelivered }) => resolve(redelivered));
    });
    expect(again).to.equal(true);
    expect(log.at('error')).to.deep.equal([]);
  });
});
