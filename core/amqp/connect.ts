// connectBus(): the bus of a process, over AMQP.

import { amqplibTransport } from './amqplib.ts';
import type { Bus } from './bus.ts';
import { type BusOptions, busOver } from './over.ts';

export interface ConnectOptions extends BusOptions {
  /** amqp:// or amqps:// URLs of the brokers of this zone, tried in turn. */
  readonly urls: readonly string[];
}

/**
 * The bus of a process. Connecting goes on in the background, so start-up order does not matter: publishing and
 * requesting wait within their deadlines, consuming waits as long as it takes. Throws `invalid_config` without URLs.
 */
export async function connectBus(options: ConnectOptions): Promise<Bus> {
  const { urls, node: name, log, metrics } = options;
  return busOver(amqplibTransport({ urls, name, log: log.child('bus'), metrics }), options);
}
