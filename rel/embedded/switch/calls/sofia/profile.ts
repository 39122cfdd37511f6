// The SIP profile `sipinterface_1`: one stack on UDP and TCP, and the calls that run over it.

import { BlockList } from 'node:net';
import {
  createSipStack,
  type Flow,
  isInDialog,
  nextHop,
  type ServerTransaction,
  type SipRequest,
  type SipStack,
} from '../../../sip/stack/index.ts';
import type { SwitchCore } from '../contract.ts';
import { ALLOW, type SipCall, type SipProfile } from './contract.ts';
import { receiveInDialog } from './dialogue.ts';
import { receiveInvite } from './inbound.ts';
import { dialOut } from './outbound.ts';

export type { SipProfile } from './contract.ts';

export interface ProfileOptions {
  host: string;
  port: number;
  /** Addresses and networks that may send calls; everybody when absent. */
  acl?: readonly string[] | undefined;
}

/** Listens on UDP and TCP of the same port. Rejects when the port is taken. */
export async function startProfile(core: SwitchCore, options: ProfileOptions): Promise<SipProfile> {
  const log = core.log.child('sip');
  const stack = await listen(options, log);
  const port = stack.addresses[0]?.port ?? options.port;
  const allowed = readAcl(options.acl);
  const calls = new Map<string, SipCall>();
  const profile: SipProfile = {
    core,
    stack,
    port,
    calls,
    contact: (protocol) => stack.uriFor(protocol, 'mod_sofia'),
    nextHop,
    endpoint: { dial: (leg) => dialOut(profile, leg) },
    async stop() {
      await stack.close();
    },
  };
  stack.on('request', (request, transaction, source) => {
    const refused =
      allowed && !allowed.check(source.remote.host, source.remote.host.includes(':') ? 'ipv6' : 'ipv4');
    if (refused) transaction.respond(403);
    else receive(profile, request, transaction, source);
  });
  return profile;
}

function receive(
  profile: SipProfile,
  request: SipRequest,
  transaction: ServerTransaction,
  source: Flow,
): void {
  const { method } = request;
  const call = profile.calls.get(request.headers.get('call-id') ?? '');
  if (isInDialog(request)) {
    if (!call) transaction.respond(481);
    else
      receiveInDialog(call, request, transaction).catch((error: unknown) =>
        failed(profile, transaction, error),
      );
  } else if (method === 'INVITE') receiveInvite(profile, request, transaction, source);
  else if (method === 'OPTIONS')
    transaction.respond(200, undefined, { headers: { Allow: ALLOW, Accept: 'application/sdp' } });
  else if (method === 'NOTIFY') transaction.respond(481);
  else
    transaction.respond(method === 'BYE' || method === 'PRACK' ? 481 : 405, undefined, {
      headers: { Allow: ALLOW },
    });
}

function failed(profile: SipProfile, transaction: ServerTransaction, error: unknown): void {
  profile.core.log.error('SIP request failed', { method: transaction.request.method, error });
  transaction.respond(500);
}

/** With port 0 the port that UDP got may be taken on TCP: then both try again with another. */
async function listen({ host, port }: ProfileOptions, log: SwitchCore['log']): Promise<SipStack> {
  const userAgent = 'Mirliton-Switch';
  for (let attempt = 0; ; attempt += 1) {
    const free = port === 0 ? await freePort(host) : port;
    const addresses = (['udp', 'tcp'] as const).map((protocol) => ({ protocol, host, port: free }));
    try {
      return await createSipStack({ listen: addresses, userAgent, log });
    } catch (error) {
      if (port !== 0 || attempt >= 9) throw error;
    }
  }
}

async function freePort(host: string): Promise<number> {
  const probe = await createSipStack({ listen: [{ protocol: 'tcp', host, port: 0 }] });
  const port = probe.addresses[0]?.port ?? 0;
  await probe.close();
  return port;
}

function readAcl(acl: readonly string[] | undefined): BlockList | undefined {
  if (!acl || acl.length === 0) return undefined;
  const list = new BlockList();
  for (const entry of acl) {
    const [address = '', bits] = entry.split('/');
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
