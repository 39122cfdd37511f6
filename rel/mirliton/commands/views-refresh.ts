// mirliton views refresh: brings the views of every database up to date, without blocking their readers.
import type { DatabaseClass } from '../../../core/contract/index.ts';
import { databaseClassOf } from '../../../core/couch/index.ts';
import { toAppError } from '../../../core/errors/index.ts';
import { command } from '../command.ts';
import { databaseWords, findDatabases } from '../databases.ts';

export const viewsRefreshCommand = command({
  name: 'views refresh',
  summary: 'brings the views of all databases up to date, or of those that are named',
  details:
    'A changed view is built under a side name first and then swapped in: readers never wait. It may be repeated.',
  ...databaseWords,
  run: async ({ args: { databases }, options: { account } }, cli) => {
    const store = await cli.store();
    const names = await findDatabases(store, databases, account);
    const refreshed: { database: string; views: string[] }[] = [];
    const failed: { database: string; why: string }[] = [];
    for (const [index, database] of names.entries()) {
      try {
        const databaseClass = databaseClassOf(database);
        const outdated = await store.outdatedViews(database, databaseClass);
        if (outdated.length > 0) await store.ensure(database, databaseClass as DatabaseClass);
        if (outdated.length > 0) refreshed.push({ database, views: outdated });
      } catch (error) {
        // One broken database must not keep the others from being mended.
        failed.push({ database, why: toAppError(error).message });
      }
      cli.progress(index + 1, names.length, 'databases');
    }
    const lines = [
      `${refreshed.length} of ${names.length} databases had old views`,
      ...refreshed.map(({ database, views }) => `  ${database}: ${views.join(', ')}`),
      ...failed.map(({ database, why }) => `  ${database} failed: ${why}`),
    ];
    cli.show({ databases: names.length, refreshed, failed }, () => lines.join('\n'));
    return failed.length > 0 ? 1 : 0;
  },
});
