// Networks in CIDR form: whether an address is in one, and whether two have an address in common.
import { BlockList, isIP } from 'node:net';

const lists = new Map<string, BlockList | undefined>();

/** True when one of the networks (`10.0.0.0/8`, `192.0.2.1`, `2001:db8::/32`) holds the address. */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return networks.some((network) => network === address || listOf(network)?.check(address, family) === true);
}

/** True when the two networks have an address in common. */
export function overlap(one: string, other: string): boolean {
  return isWithin(baseOf(one), [other]) || isWithin(baseOf(other), [one]);
}

const baseOf = (network: string): string => network.split('/')[0] ?? '';

/** An address or network, as it may stand with a port or in brackets, in CIDR form; undefined for a host name. */
export function networkOf(text: string): string | undefined {
  const host = text.replace(/^([^:]+):\d+$/, '$1').replace(/^\[(.*)\](?::\d+)?$/, '$1');
  const family = isIP(baseOf(host));
  if (family === 0) return undefined;
  return host.includes('/') ? host : `${host}/${family === 6 ? 128 : 32}`;
}

function listOf(network: string): BlockList | undefined {
  if (!lists.has(network)) {
    // Lists come and go with the carriers; an old one costs little, but not for ever.
    if (lists.size > 10_000) lists.clear();
    lists.set(network, readNetwork(network));
  }
  return lists.get(network);
}

function readNetwork(network: string): BlockList | undefined {
  const [host = '', bits] = network.split('/');
  const version = isIP(host);
  const size = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? size : Number(bits);
  if (version === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > size) return undefined;
  const list = new BlockList();
  list.addSubnet(host, prefix, version === 6 ? 'ipv6' : 'ipv4');
  return list;
}
