// mirliton conflicts: documents that two nodes or zones changed apart, and what becomes of them.
import * as documents from '../../../core/documents/index.ts';
import { command, flag } from '../command.ts';
import { databaseWords, findDatabases } from '../databases.ts';

const rules = new Map(Object.values(documents).map(({ type, conflict }) => [type as string, conflict]));

export const conflictsCommand = command({
  name: 'conflicts',
  summary: 'finds documents that two nodes or zones changed apart; --fix makes one of each',
  details:
    'While the line between two zones, or between nodes of one cluster, is cut, both take changes of the same document. Afterwards all ' +
    'show the same one of them and keep the other unseen. --fix keeps the one that was written last (pvt_modified) and ends the others. ' +
    'Run it in one zone, when the line is back. Exit code 1 while something is in conflict.',
  args: databaseWords.args,
  options: { ...databaseWords.options, fix: flag('make one of each') },
  examples: ['mirliton conflicts', 'mirliton conflicts --account acme --fix'],
  run: async ({ args: { databases }, options: { account, fix } }, cli) => {
    const store = await cli.store();
    const names = await findDatabases(store, databases, account);
    const found: { database: string; id: string; type: string; versions: number; mended: boolean }[] = [];
    for (const [index, database] of names.entries()) {
      for (const conflict of await store.conflicts(database)) {
        const { id, type = '', others } = conflict;
        const rule = rules.get(type) ?? 'last_write';
        const mended = fix && (await store.resolveConflict(database, conflict, rule));
        found.push({ database, id, type, versions: 1 + others.length, mended });
      }
      cli.progress(index + 1, names.length, 'databases');
    }
    cli.table(
      found,
      {
        database: ({ database }) => database,
        id: ({ id }) => id,
        type: ({ type }) => type,
        versions: ({ versions }) => String(versions),
        mended: ({ mended }) => (mended ? 'yes' : 'no'),
      },
      'no document is in conflict',
    );
    return found.every(({ mended }) => mended) ? 0 : 1;
  },
});
