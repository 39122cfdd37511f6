// connectBus(): the bus of a process, over AMQP.

import { amqplibTransport } from './amqplib.ts';
import type { Bus } from './bus.ts';
import { type BusOptions, busOver } from './over.ts';

export interface ConnectOptions extends BusOptions {
  /** amqp:// or amqps:// URLs of the brokers of this zone, tried in turn. */
  readonly urls: readonly string[];
  /**
   * Seconds of the AMQP heartbeat; default 1. A process that is stopped, or cut off without a word, loses its consumers
   * within two to three times that. One that is only busy for so long keeps them.
   */
  readonly heartbeat?: number;
}

/**
 * The bus of a process. Connecting goes on in the background, so start-up order does not matter: publishing and
 * requesting wait within their deadlines, consuming waits as long as it takes. Throws `invalid_config` without URLs.
 */
export async function connectBus(options: ConnectOptions): Promise<Bus> {
  const { urls, node: name, heartbeat = 1, log, metrics } = options;
  return busOver(amqplibTransport({ urls, name, heartbeat, log: log.child('bus'), metrics }), options);
}
