// Addresses that several accounts claim: by such an address alone none of them is believed, else the first in the list
// would get the calls of the others.
import { overlap } from '../../core/telephony/index.ts';
import { offnet } from './carriers.ts';

/** What is claimed for a token: networks (CIDR) and ports (none means all). */
export interface Claim {
  readonly cidrs: readonly string[];
  readonly ports?: readonly number[];
  readonly token: string;
  /** `resource` for a carrier, else the type of the document that stands for one account. */
  readonly type: string;
}

interface Spot {
  readonly claim: Claim;
  readonly cidr: string;
}

/** The networks that each claim shares with another account's. The cluster's own carriers are believed in any case. */
export function disputed(claims: readonly Claim[]): Map<Claim, Set<string>> {
  const found = new Map<Claim, Set<string>>();
  const groups = grouped(claims.flatMap((claim) => claim.cidrs.map((cidr): Spot => ({ claim, cidr }))));
  const wide = groups.get('') ?? [];
  for (const group of groups.values())
    for (const spot of group)
      if (placeOf(spot.claim) !== offnet && [...group, ...wide].some((other) => inConflict(spot, other)))
        found.set(spot.claim, (found.get(spot.claim) ?? new Set()).add(spot.cidr));
  return found;
}

/** By what must be equal for two to overlap. Networks wider than an account may claim come under an empty name. */
function grouped(spots: readonly Spot[]): Map<string, Spot[]> {
  const groups = new Map<string, Spot[]>();
  for (const spot of spots) {
    const [address = '', bits] = spot.cidr.split('/');
    const name = address.includes(':') ? 'IPv6' : Number(bits) < 24 ? '' : address.replace(/\.\d+$/, '');
    const group = groups.get(name);
    if (group) group.push(spot);
    else groups.set(name, [spot]);
  }
  return groups;
}

function inConflict(one: Spot, other: Spot): boolean {
  const [a, b] = [one.claim, other.claim];
  if (placeOf(a) === placeOf(b)) return false;
  // A call from a carrier belongs to the number that it calls, whoever has named the carrier.
  if (a.type === 'resource' && b.type === 'resource') return false;
  const samePort = !a.ports || !b.ports || a.ports.some((port) => b.ports?.includes(port));
  return samePort && overlap(one.cidr, other.cidr);
}

/** The account of a claim, or `offnet`. */
const placeOf = ({ token }: Claim): string => token.slice(token.lastIndexOf('@') + 1);
