// A stand-in for drachtio-server on one machine: an application of drachtio-srf cannot tell it from the real one.

import { Calls } from './calls/calls.ts';
import type { Context } from './calls/context.ts';
import { Challenged } from './calls/credentials.ts';
import { dispatch } from './calls/dispatch.ts';
import { Records } from './calls/records.ts';
import { Registered } from './calls/registered.ts';
import { Applications } from './control/applications.ts';
import { startControl } from './control/server.ts';
import {
  type Address,
  createSipStack,
  formatHostPort,
  type Log,
  type Secure,
  SILENT,
  type Timers,
} from './stack/index.ts';

export interface SipServerOptions {
  /** Where applications connect to; port 0 takes any. */
  control: { host: string; port: number };
  secret: string;
  /** The SIP addresses; port 0 takes any. */
  listen: readonly Address[];
  /** For listening by TLS and WSS. */
  secure?: Secure;
  log?: Log;
  /** The times of the SIP transactions, for tests. */
  timers?: Partial<Timers>;
}

export interface SipServer {
  controlPort: number;
  /** The bound SIP addresses, in the order of `listen`. */
  addresses: Address[];
  /** How many dialogs applications hold, and how many transactions are remembered. */
  usage(): { calls: number; transactions: number };
  /** Closes every connection and socket; calls are not hung up. */
  stop(): Promise<void>;
}

/** Starts the server. Rejects, with nothing left open, when an address cannot be had. */
export async function startSipServer(options: SipServerOptions): Promise<SipServer> {
  const { control, secret, secure, listen, log = SILENT, timers } = options;
  const stack = await createSipStack({ listen, log, ...(secure && { secure }), ...(timers && { timers }) });
  const applications = new Applications();
  const context: Context = {
    stack,
    applications,
    calls: new Calls(),
    registered: new Registered(),
    records: new Records(applications),
    challenged: new Challenged(),
    pending: new Map(),
    log,
  };
  const { addresses } = stack;
  const hostports = addresses.map(({ protocol, host, port }) => `${protocol}/${formatHostPort(host, port)}`);
  const handlers = dispatch(context);
  try {
    const port = await startControl({
      ...control,
      secret,
      addresses: hostports,
      applications,
      handlers,
      log,
    });
    return {
      controlPort: port.port,
      addresses,
      usage: () => ({ calls: context.calls.size, transactions: stack.transactionCount }),
      stop: async () => {
        await port.close();
        await stack.close();
      },
    };
  } catch (error) {
    await stack.close();
    throw error;
  }
}
