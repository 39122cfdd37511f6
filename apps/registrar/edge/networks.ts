// Networks in CIDR form, and whether an address is in one.
import { BlockList, isIP } from 'node:net';

const lists = new Map<string, BlockList | undefined>();

/** True when one of the networks (`10.0.0.0/8`, `192.0.2.1`, `2001:db8::/32`) holds the address. */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return networks.some((network) => network === address || listOf(network)?.check(address, family) === true);
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
