// Where calls live: on this switch, or on another one, with the address at which that takes SIP.
import type { Bus } from '../../../core/amqp/index.ts';
import { isRecord } from '../../../core/contract/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { channelStatusReq } from '../../../core/messages/call.ts';
import { searchReq } from '../../../core/messages/conference.ts';
import { parseSipUri } from '../../../core/telephony/sip-uri.ts';
import type { SwitchNode } from '../switch-node.ts';

/** `here`: the switch that asks. Else `host:port`. */
export type Place = 'here' | { readonly address: string };

export interface Places {
  /** Undefined when nobody knows the call. */
  call(callId: string): Promise<Place | undefined>;
  /** Undefined when nobody has begun it. */
  conference(name: string): Promise<Place | undefined>;
  /** `host:port` of a switch of this process by its name; undefined for another. */
  media(name: string): string | undefined;
}

const patience = 1_000;
// Who begins a conference waits so long for somebody who has it; whoever has, answers at once.
const searchPatience = 300;

/** What the switch `here` can know: what this process hears of its switches, then what others answer. */
export function createPlaces(bus: Bus, nodes: () => readonly SwitchNode[], here: SwitchNode): Places {
  const placeOf = (node: SwitchNode): Place | undefined => {
    if (node === here) return 'here';
    const address = sipAddressOf(node.interfaces);
    return address === undefined ? undefined : { address };
  };
  return {
    media: (name) => {
      const node = nodes().find((it) => it.name === name);
      return node && sipAddressOf(node.interfaces);
    },
    call: async (callId) => {
      const known = nodes().find(({ channels }) => channels.has(callId));
      if (known) return placeOf(known);
      const status = await bus
        .request(channelStatusReq, { 'Call-ID': callId }, { timeout: patience, silence: 'allowed' })
        .catch((error: unknown) => {
          if (hasCode(error, 'request_timeout') || hasCode(error, 'nobody_listens')) return undefined;
          throw error;
        });
      const address = status?.Status === 'active' ? addressIn(status['Switch-URL'] ?? '') : undefined;
      return address === undefined ? undefined : { address };
    },
    conference: async (name) => {
      const known = nodes().find(({ conferences }) => conferences.has(name));
      if (known) return placeOf(known);
      const found = await bus
        .request(searchReq, { 'Conference-ID': name }, { timeout: searchPatience, silence: 'allowed' })
        .catch((error: unknown) => {
          if (hasCode(error, 'request_timeout') || hasCode(error, 'nobody_listens')) return undefined;
          throw error;
        });
      const address = addressIn(found?.['Switch-URL'] ?? '');
      return address === undefined ? undefined : { address };
    },
  };
}

/** `host:port` of the first SIP profile among the interfaces of a switch. */
export function sipAddressOf(interfaces: unknown): string | undefined {
  for (const it of Object.values(isRecord(interfaces) ? interfaces : {})) {
    const info = isRecord(it) && isRecord(it['info']) ? it['info'] : it;
    const url = isRecord(info) ? (info['URL'] ?? info['url']) : undefined;
    const address = typeof url === 'string' ? addressIn(url) : undefined;
    if (address !== undefined) return address;
  }
  return undefined;
}

/** As `Switch-URL` in messages. */
export function urlOf(node: SwitchNode): string | undefined {
  const address = sipAddressOf(node.interfaces);
  return address === undefined ? undefined : `sip:mod_sofia@${address}`;
}

function addressIn(url: string): string | undefined {
  const uri = parseSipUri(url);
  if (!uri || uri.host === '') return undefined;
  return `${uri.host.includes(':') ? `[${uri.host}]` : uri.host}:${uri.port ?? 5060}`;
}
