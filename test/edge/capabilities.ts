// What each edge must do, and what one of them cannot, with the reason: a test of that is shown as pending with it, and
// never left out in silence.
import { mixOfRun } from '../e2e/mix.ts';

export type EdgeKind = 'kamailio' | 'drachtio';

const { edge } = mixOfRun();

/** The edge of this run: `MIRLITON_E2E_EDGE`, as for the end-to-end suite. */
export const kind: EdgeKind = edge === 'kamailio' ? 'kamailio' : 'drachtio';

const given = 'a drachtio-server that is given is one with UDP and TCP; --edge drachtio starts two with all';

/**
 * `system_config/edge` under which nothing of the inside is seen outside and a second media server is tried in every call.
 * Kamailio does so in any case; over drachtio a call that is to outlive its edge cannot have it (apps/registrar/README.md).
 */
export const hiding: Readonly<Record<string, unknown>> = kind === 'drachtio' ? { b2bua: ['always'] } : {};

/** Capability to the reason why an edge lacks it. */
const missing: Readonly<Record<EdgeKind, Readonly<Record<string, string>>>> = {
  kamailio: {},
  drachtio: {
    ...(edge !== 'embedded' && {
      'large over TCP': 'drachtio-server itself refuses a datagram of 64 kB with 400',
      'UDP over IPv6 in dialogs':
        'drachtio-server 0.9.10 takes these phones for ones behind a NAT and writes their address without brackets',
    }),
    ...(edge.startsWith('drachtio:') && { tls: given, websocket: given, 'several edges': given }),
    'work without its app': 'the app is the edge, and keeps no password when it stops',
    'Route of a Path':
      'drachtio-server takes a Route of an application out (makeTags): the INVITE goes to where the REGISTER came from',
  },
};

export type Capability =
  | 'tls'
  | 'websocket'
  | 'topology hiding'
  | 'removal of forged fields'
  | 'second try'
  | 'Route of a Path'
  | 'work without its app'
  | 'weight and active'
  | 'answer without the bus'
  | 'UDP over IPv6 in dialogs'
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
