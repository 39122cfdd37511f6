// Carriers and PBXs that are known by their address: asked for at the start, every five minutes, when told so, and when
// the broker is back, for what it was told meanwhile never came.
import type { AppContext } from '../../../core/app/index.ts';
import { isRecord } from '../../../core/contract/index.ts';
import { trustedQuery, trustedReload } from '../../../core/messages/trusted.ts';
import { isWithin } from '../../../core/telephony/index.ts';
import { whenBrokerReturns } from '../reconnect.ts';
import type { Source } from './location.ts';

export interface Trusted {
  /** The token of whoever sends from this address. */
  tokenOf(source: Source): string | undefined;
  stop(): Promise<void>;
}

/** Networks (CIDR) and ports (none means all) of one sender. */
export interface Entry {
  readonly cidrs: readonly string[];
  readonly ports: readonly number[];
  readonly token: string;
}

const every = 300_000;
const whenUnanswered = 5_000;

/** Resolves when it listens for changes; the first answer may come later. An unanswered query keeps the old list. */
export async function watchTrusted(
  { bus, log }: AppContext,
  onChange: (entries: readonly Entry[]) => void = () => undefined,
): Promise<Trusted> {
  let entries: readonly Entry[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const query = async (): Promise<void> => {
    clearTimeout(timer);
    let next = every;
    try {
      const { Trusted: list } = await bus.request(trustedQuery, {});
      entries = entriesOf(list);
      log.info('trusted addresses', { count: entries.length });
      onChange(entries);
    } catch (error) {
      next = whenUnanswered;
      log.debug('the list of trusted addresses did not come', { error });
    }
    if (!stopped) timer = setTimeout(() => void query(), next);
  };
  const reloads = await bus.consume(
    { bindings: [{ exchange: 'trusted', key: 'trusted.reload' }], contracts: [trustedReload] },
    query,
  );
  const forget = whenBrokerReturns(bus, () => void query());
  void query();
  return {
    tokenOf: ({ host, port }) =>
      entries.find(
        ({ cidrs, ports }) => (ports.length === 0 || ports.includes(port)) && isWithin(host, cidrs),
      )?.token,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      forget();
      await reloads.stop();
    },
  };
}

/** `{name: {cidrs: [], ports?: [], token, …}}`; what has no token or network is left out. */
export function entriesOf(list: Readonly<Record<string, unknown>>): Entry[] {
  return Object.values(list).flatMap((entry): Entry[] => {
    if (!isRecord(entry) || typeof entry['token'] !== 'string' || !Array.isArray(entry['cidrs'])) return [];
    const ports = Array.isArray(entry['ports']) ? entry['ports'].map(Number).filter((port) => port > 0) : [];
    return [{ cidrs: entry['cidrs'].map(String), ports, token: entry['token'] }];
  });
}
