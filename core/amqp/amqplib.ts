// The transport over amqplib: one connection, two publishing channels, one channel per consumer.
import type { ChannelModel } from 'amqplib';
import { AppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import type { Metrics } from '../metrics/index.ts';
import { Lane } from './lane.ts';
import { openLink } from './link.ts';
import { Outlet } from './outlet.ts';
import type { Transport } from './transport.ts';
import { within } from './within.ts';

export interface AmqplibOptions {
  readonly urls: readonly string[];
  readonly name: string;
  readonly heartbeat: number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const flushTimeout = 1_000;
const consumersFirst = 1_000;

/** Starts connecting and returns at once. */
export function amqplibTransport({ urls, name, heartbeat, log, metrics }: AmqplibOptions): Transport {
  const connections = metrics.counter('bus_connections_total', 'connections made to the broker');
  const link = openLink({ urls, name, heartbeat, log, onConnect: () => connections.inc() });
  let returned: (messageId: string) => void = () => undefined;
  const onReturned = (messageId: string) => returned(messageId);
  const fast = new Outlet({ confirms: false, log, onReturned });
  const sure = new Outlet({ confirms: true, log, onReturned });
  const lanes = new Set<Lane>();
  let up: ChannelModel | undefined;
  let closed = false;

  // After the consumers of before are back, else the effects of what is published could be missed.
  const startPublishing = async (model: ChannelModel): Promise<void> => {
    up = model;
    await within(Promise.allSettled([...lanes].map((lane) => lane.ready())), consumersFirst);
    if (up !== model) return;
    fast.up(model);
    sure.up(model);
  };
  link.listen({
    up: (model) => void startPublishing(model),
    down: () => {
      up = undefined;
      fast.down();
      sure.down();
    },
    blocked: (blocked) => {
      fast.hold(blocked);
      sure.hold(blocked);
    },
  });
  metrics.gauge('bus_buffered', 'messages that wait for the broker', () => fast.buffered + sure.buffered);

  return {
    publish: (message) => (message.confirm ? sure : fast).publish(message),
    onReturned: (listener) => {
      returned = listener;
    },
    consume: async (spec, onMessage) => {
      if (closed) throw new AppError('stopping', { message: 'the bus of this process is closed' });
      const lane = new Lane({ spec, onMessage, log });
      const forget = link.listen(lane);
      lanes.add(lane);
      const release = async (): Promise<void> => {
        await lane.release();
        lanes.delete(lane);
        forget();
      };
      try {
        await lane.ready();
      } catch (error) {
        await release();
        throw error;
      }
      return {
        get isReady() {
          return lane.isReady;
        },
        ready: () => lane.ready(),
        bind: (binding) => lane.bind(binding),
        unbind: (binding) => lane.unbind(binding),
        cancel: () => lane.cancel(),
        release,
      };
    },
    status: () => link.status(),
    close: async () => {
      closed = true;
      if (link.status().connected) await within(Promise.all([fast.end(), sure.end()]), flushTimeout);
      fast.close();
      sure.close();
      for (const lane of lanes) lane.end();
      await link.close();
    },
  };
}
