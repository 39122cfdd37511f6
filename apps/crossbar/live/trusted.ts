// Addresses that sign in without a password must be of one account only; trunkstore knows which are claimed.
import { isRecord } from '../../../core/contract/index.ts';
import { resource } from '../../../core/documents/index.ts';
import { trustedQuery } from '../../../core/messages/trusted.ts';
import { networkOf, overlap } from '../../../core/telephony/index.ts';
import { invalid, type RestRequest } from '../engine/index.ts';

/** An address or network that a document would be known by, and where in the document it stands. */
export interface Claimed {
  readonly path: string;
  readonly address: unknown;
}

/** Milliseconds that a write waits for trunkstore. */
const patience = 1_000;

/**
 * Throws `<path>.unique` when another account, or the cluster, is known by one of these addresses. Host names are
 * compared by trunkstore alone, as is everything when it does not answer: nobody is believed by an address of two.
 */
export async function checkAddresses(
  request: RestRequest,
  type: string,
  claimed: readonly Claimed[],
): Promise<void> {
  const networks = claimed.flatMap(({ path, address }) => {
    const network = typeof address === 'string' ? networkOf(address) : undefined;
    return network === undefined ? [] : [{ path, address, network }];
  });
  const own = request.account?._id;
  if (networks.length === 0 || own === undefined) return;
  const taken = await others(request, own, type);
  for (const { path, address, network } of networks)
    if (taken.some((other) => overlap(network, other)))
      throw invalid(path, 'unique', 'another account is known by this address', { cause: address });
}

/** The networks that stand for somebody else. Carriers may be several accounts': their calls belong to the numbers. */
async function others({ services }: RestRequest, own: string, type: string): Promise<string[]> {
  const { bus, log } = services;
  try {
    const { Trusted } = await bus.request(trustedQuery, {}, { timeout: patience });
    return Object.values(Trusted).flatMap((entry) => {
      if (!isRecord(entry) || String(entry['token']).endsWith(`@${own}`)) return [];
      if (type === resource.type && entry['type'] === resource.type) return [];
      return [entry['cidrs'], entry['disputed']].flatMap((list) =>
        Array.isArray(list) ? list.map(String) : [],
      );
    });
  } catch (error) {
    log.warn('a trusted address was not compared with those of other accounts', { error });
    return [];
  }
}
