// mirliton acls list, acls test: the addresses that need no digest, as trunkstore tells them to the edges.
import { BlockList, isIP } from 'node:net';
import type { Bus } from '../../../core/amqp/index.ts';
import { isRecord } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { trustedQuery } from '../../../core/messages/trusted.ts';
import { command, one } from '../command.ts';

interface Trusted {
  readonly name: string;
  readonly networks: readonly string[];
  readonly ports: readonly number[];
  /** What stands behind it: `carrier@offnet`, `pbx@account`. */
  readonly token: string;
  readonly type: string | undefined;
  /** Claimed by another account as well, so not trusted. */
  readonly disputed: readonly string[];
}

async function trusted(bus: Bus): Promise<Trusted[]> {
  const { Trusted: entries } = await bus.request(trustedQuery, {});
  return Object.entries(entries)
    .flatMap(([name, it]): Trusted[] =>
      isRecord(it)
        ? [
            {
              name,
              networks: list(it['cidrs']),
              ports: list(it['ports']).map(Number),
              token: String(it['token']),
              type: typeof it['type'] === 'string' ? it['type'] : undefined,
              disputed: list(it['disputed']),
            },
          ]
        : [],
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

export const aclsListCommand = command({
  name: 'acls list',
  summary: 'the addresses that need no password: carriers, PBXs and devices known by address',
  details:
    'They come from the documents of carriers, PBXs (connectivity) and devices; change those to allow or deny one.',
  run: async (_, cli) => {
    cli.table(
      await trusted(await cli.bus()),
      {
        name: ({ name }) => name,
        type: ({ type }) => type,
        networks: ({ networks }) => networks.join(' '),
        ports: ({ ports }) => ports.join(' '),
        disputed: ({ disputed }) => disputed.join(' '),
      },
      'nobody is known by address',
    );
  },
});

export const aclsTestCommand = command({
  name: 'acls test',
  summary: 'whose an address is; exit code 1 when nobody is trusted there',
  args: { address: one('IPv4 or IPv6') },
  run: async ({ args: { address } }, cli) => {
    if (isIP(address) === 0)
      throw new AppError('invalid_data', { message: `ADDRESS is IPv4 or IPv6, not ${address}` });
    const found = (await trusted(await cli.bus())).filter((it) => contains(it.networks, address));
    cli.table(
      found,
      { name: ({ name }) => name, type: ({ type }) => type, networks: ({ networks }) => networks.join(' ') },
      `nobody is trusted at ${address}`,
    );
    return found.length > 0 ? 0 : 1;
  },
});

function contains(networks: readonly string[], address: string): boolean {
  const block = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(base) === 0) continue;
    if (bits === undefined) block.addAddress(base, family);
    else block.addSubnet(base, Number(bits), family);
  }
  return block.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
