// mirliton numbers reconcile: numbers whose documents contradict each other, and what they are used for.
import { changeNumber } from '../../../apps/crossbar/numbers/numbers.ts';
import { abandoned, freedState, type NumberDocument } from '../../../apps/crossbar/numbers/states.ts';
import { systemConfig } from '../../../core/config/index.ts';
import { accountDatabase, type Store, type StoredDocument } from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import { allAccounts } from '../accounts.ts';
import type { Cli } from '../cli.ts';
import { command, flag } from '../command.ts';

interface Problem {
  readonly number: string;
  readonly account: string | undefined;
  readonly problem: string;
  /** What would make it right; without it a person has to decide. */
  readonly mend?: (before: NumberDocument) => Partial<NumberDocument>;
}

export const numbersReconcileCommand = command({
  name: 'numbers reconcile',
  summary: 'finds numbers whose documents contradict each other; --fix mends them',
  details:
    'Looks at every number: does its account exist, has the account its copy, is it used by the callflow or PBX that ' +
    'is noted? Numbers of accounts that are gone go back to the pool with --fix. Exit code 1 while something is wrong.',
  options: { fix: flag('mend what can be mended') },
  run: async ({ options: { fix } }, cli) => {
    const store = await cli.store();
    const problems = await findProblems(store, cli);
    const rows: { number: string; account: string | undefined; problem: string; mended: boolean }[] = [];
    for (const { mend, ...problem } of problems) {
      if (fix && mend) await changeNumber({ store }, problem.number, (before) => before && mend(before));
      rows.push({ ...problem, mended: fix && mend !== undefined });
    }
    cli.table(
      rows,
      {
        number: ({ number }) => number,
        account: ({ account }) => account,
        problem: ({ problem }) => problem,
        mended: ({ mended }) => (mended ? 'yes' : 'no'),
      },
      'every number is as it should be',
    );
    return rows.every(({ mended }) => mended) ? 0 : 1;
  },
});

async function findProblems(store: Store, cli: Cli): Promise<Problem[]> {
  const databases = await store.list('numbers/');
  const accounts = new Set((await allAccounts(store)).map(({ _id }) => _id));
  const freed = await freedState(systemConfig(store, { zone: '', node: '' }));
  const uses = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const problems: Problem[] = [];
  for (const [index, name] of databases.entries()) {
    const rows = await store.database(name).all({ includeDocs: true });
    for (const { doc } of rows) {
      if (doc?.pvt_type !== 'number' || doc.pvt_deleted === true) continue;
      const owner = doc['pvt_assigned_to'];
      if (typeof owner !== 'string') continue;
      if (accounts.has(owner)) problems.push(...(await problemsOf(store, doc, owner, uses)));
      else problems.push(orphan(doc._id, owner, (it) => abandoned(it, freed, (id) => accounts.has(id))));
    }
    cli.progress(index + 1, databases.length, 'number databases');
  }
  return problems;
}

async function problemsOf(
  store: Store,
  document: StoredDocument,
  owner: string,
  uses: Map<string, Promise<ReadonlyMap<string, string>>>,
): Promise<Problem[]> {
  const number = document._id;
  const found: Problem[] = [];
  const copy = await store.database(accountDatabase(owner)).find(number, { fresh: true });
  if (!copy || copy['pvt_state'] !== document['pvt_state'])
    // Written as it is: the copy follows.
    found.push({
      number,
      account: owner,
      problem: copy ? 'its copy in the account is old' : 'the account has no copy of it',
      mend: (before) => before,
    });
  const known = uses.get(owner) ?? usesOf(store, owner);
  uses.set(owner, known);
  const used = (await known).get(number);
  if (used !== document['pvt_used_by'])
    found.push({
      number,
      account: owner,
      problem: `noted as used by ${String(document['pvt_used_by'] ?? 'nothing')}, but used by ${used ?? 'nothing'}`,
      mend: ({ pvt_used_by: _, ...before }) =>
        used === undefined ? before : { ...before, pvt_used_by: used },
    });
  return found;
}

const orphan = (number: string, owner: string, mend: NonNullable<Problem['mend']>): Problem => ({
  number,
  account: owner,
  problem: 'its account does not exist',
  mend,
});

/** The numbers of an account that a callflow or a PBX answers. */
async function usesOf(store: Store, accountId: string): Promise<ReadonlyMap<string, string>> {
  const database = store.database(accountDatabase(accountId));
  const numbers = async (design: string, view: string, app: string): Promise<[string, string][]> => {
    try {
      const rows = await database.view(design, view, { fresh: true });
      return rows.flatMap(({ key }): [string, string][] => {
        const e164 = findE164(String(key));
        return e164 === undefined ? [] : [[e164, app]];
      });
    } catch (error) {
      if (hasCode(error, 'datastore_missing_view')) return [];
      throw error;
    }
  };
  return new Map([
    ...(await numbers('trunkstore', 'lookup_did', 'trunkstore')),
    ...(await numbers('callflows', 'listing_by_number', 'callflow')),
  ]);
}
