// What each edge must do, and what one of them cannot, with the reason: a test of that is shown as pending with it, and
// never left out in silence.
import { mixOfRun } from '../e2e/mix.ts';

export type EdgeKind = 'kamailio' | 'drachtio';

/** The edge of this run: `MIRLITON_E2E_EDGE`, as for the end-to-end suite. */
export const kind: EdgeKind = mixOfRun().edge === 'kamailio' ? 'kamailio' : 'drachtio';

const transports =
  'the embedded SIP server speaks UDP and TCP; drachtio-server has TLS and WebSocket by configuration';
const proxy = 'a proxy over drachtio cannot change what it passes on (apps/registrar/README.md)';

/** Capability to the reason why an edge lacks it. */
const missing: Readonly<Record<EdgeKind, Readonly<Record<string, string>>>> = {
  kamailio: {},
  drachtio: {
    tls: transports,
    websocket: transports,
    'topology hiding': proxy,
    'second try': `${proxy}: it asks by OPTIONS before; calls that are back-to-back have it (apps/registrar/edge/b2bua.test.ts)`,
    'Route of a Path': 'drachtio writes Routes itself: the INVITE goes to where the REGISTER came from',
  },
};

export type Capability =
  | 'tls'
  | 'websocket'
  | 'topology hiding'
  | 'removal of forged fields'
  | 'second try'
  | 'Route of a Path'
  | 'weight and active'
  | 'answer without the bus'
  | 'IPv6 in dialogs'
  | 'quiet refresh'
  | 'flush overtakes'
  | 'large over TCP'
  | 'limit of floods'
  | 'limit of guesses'
  | 'several edges';

/** A test of a capability; pending with the reason where the edge of this run lacks it. */
export function itMay(capability: Capability | undefined, title: string, run: Mocha.AsyncFunc): void {
  const reason = capability === undefined ? undefined : missing[kind][capability];
  if (reason === undefined) it(title, run);
  else it(`${title} (not on ${kind}: ${reason})`);
}
