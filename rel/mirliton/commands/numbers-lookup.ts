// mirliton numbers lookup: what becomes of a number: whose it is, what answers it, which carriers it would leave by.
import { watchCarriers } from '../../../apps/trunkstore/carriers.ts';
import { findNumber } from '../../../apps/trunkstore/numbers.ts';
import { chooseCarriers } from '../../../apps/trunkstore/selection.ts';
import { systemConfig } from '../../../core/config/index.ts';
import { accountDatabase, type Store } from '../../../core/couch/index.ts';
import { logger } from '../../../core/log/index.ts';
import { classify, numbering, toE164 } from '../../../core/telephony/index.ts';
import { findAccount } from '../accounts.ts';
import { command, one, text } from '../command.ts';

interface Answer {
  readonly number: string;
  readonly class: string | undefined;
  /** As a number of this cluster. */
  readonly owner?: {
    readonly account: string;
    readonly name: unknown;
    readonly state: unknown;
    readonly used_by: unknown;
  };
  /** Why a call to it ends nowhere in this cluster. */
  readonly not_ours?: string;
  readonly callflow?: { readonly id: string; readonly name: unknown };
  /** Carriers in the order in which they would be tried, and why the others would not. */
  readonly carriers: readonly {
    readonly id: string;
    readonly name: unknown;
    readonly dials: string;
    readonly gateways: number;
  }[];
  readonly passed_over: Readonly<Record<string, string>>;
}

export const numbersLookupCommand = command({
  name: 'numbers lookup',
  summary: 'what becomes of a number: whose it is, what answers it, which carriers it would leave by',
  args: { number: one('in any spelling') },
  options: {
    account: text('ACCOUNT', "by the carriers of this account (id, name or realm) instead of the cluster's"),
  },
  run: async ({ args: { number }, options: { account } }, cli) => {
    const store = await cli.store();
    const accountId = account === undefined ? undefined : (await findAccount(store, account))._id;
    const answer = await lookUp(store, cli.settings().zone, number, accountId);
    cli.show(answer, () => render(answer));
  },
});

async function lookUp(
  store: Store,
  zone: string,
  given: string,
  accountId: string | undefined,
): Promise<Answer> {
  const settings = await numbering(systemConfig(store, { zone, node: '' }));
  const number = toE164(given, settings);
  const classifier = classify(number, settings, settings.classifiers);
  const owned = await findNumber(store, number, settings);
  const carriers = watchCarriers({ store, log: logger('cli') });
  try {
    const wanted = {
      number,
      classifier,
      emergency: classifier?.emergency === true,
      callerNumber: '',
      flags: [],
    };
    const { choices, passedOver } = chooseCarriers(await carriers.list(accountId), wanted);
    return {
      number,
      class: classifier?.name,
      ...(typeof owned === 'string'
        ? { not_ours: owned.replaceAll('_', ' ') }
        : {
            owner: {
              account: owned.accountId,
              name: owned.account['name'],
              state: owned.document['pvt_state'],
              used_by: owned.document['pvt_used_by'],
            },
            ...(await callflowOf(store, owned.accountId, owned.e164)),
          }),
      carriers: choices.map((choice) => ({
        id: choice.carrier.id,
        name: choice.carrier.document['name'],
        dials: `${choice.prefix ?? ''}${choice.number}${choice.suffix ?? ''}`,
        gateways: choice.gateways.length,
      })),
      passed_over: passedOver,
    };
  } finally {
    carriers.stop();
  }
}

async function callflowOf(
  store: Store,
  accountId: string,
  number: string,
): Promise<Pick<Answer, 'callflow'>> {
  const rows = await store
    .database(accountDatabase(accountId))
    .view<{ name?: unknown }>('callflows', 'listing_by_number', { key: number, limit: 1, fresh: true });
  const [row] = rows;
  return row ? { callflow: { id: row.id, name: row.value?.name } } : {};
}

function render({ number, class: kind, owner, not_ours, callflow, carriers, passed_over }: Answer): string {
  const others = Object.entries(passed_over).map(([id, why]) => `${id} (${why})`);
  return [
    `${number}, ${kind ?? 'of no class'}`,
    owner
      ? `belongs to ${String(owner.name)} (${owner.account}), ${String(owner.state)}, used by ${String(owner.used_by ?? 'nothing')}`
      : `is not answered in this cluster: ${not_ours}`,
    ...(owner
      ? [callflow ? `callflow ${String(callflow.name ?? '')} (${callflow.id})` : 'no callflow has it']
      : []),
    carriers.length === 0 ? 'no carrier takes it' : 'carriers, in order:',
    ...carriers.map(
      ({ id, name, dials, gateways }) => `  ${String(name)} (${id}) dials ${dials}, ${gateways} gateways`,
    ),
    ...(others.length > 0 ? [`passed over: ${others.join(', ')}`] : []),
  ].join('\n');
}
