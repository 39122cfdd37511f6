// cdr: writes one document per leg into the account's database of the month, exactly once.
import type { Delivery } from '../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { type Database, fromGregorian, gregorian, monthDatabase } from '../../core/couch/index.ts';
import { hasCode } from '../../core/errors/index.ts';
import { cdrReport } from '../../core/messages/cdr.ts';
import { cdrDocument, cdrId } from './record.ts';

/** The cdr app. Reports wait in a durable queue until they are stored. */
export const cdr: App = { name: 'cdr', start };

async function start(context: AppContext): Promise<RunningApp> {
  await context.store.ensure(anonymous, anonymous);
  const written = context.metrics.counter('cdr_written_total', 'CDRs stored');
  const repeated = context.metrics.counter(
    'cdr_repeated_total',
    'CDR reports of a leg that was stored before',
  );
  const reports = await context.bus.consume(
    {
      queue: 'cdr_listener',
      bindings: [{ exchange: 'cdr', key: 'cdr.report.*' }],
      contracts: [cdrReport],
      delivery: 'at_least_once',
      prefetch: 20,
    },
    async (delivery) => ((await store(context, delivery)) ? written : repeated).inc(),
  );
  return { stop: () => reports.stop() };
}

/** Calls that were never known to belong to an account. */
const anonymous = 'anonymous_cdrs';
const isAccount = (id: string): boolean => /^[0-9a-f]{32}$/.test(id);

/** Stores one report; false when its leg has a record already. Rejects with a retryable error while the store is away. */
async function store(context: AppContext, { message }: Delivery<typeof cdrReport>): Promise<boolean> {
  const at = fromGregorian(message.Timestamp ?? gregorian());
  const account = message['Account-ID'];
  const databaseOf = (month: Date): Database =>
    context.store.database(isAccount(account) ? monthDatabase(account, month) : anonymous);
  if (message['Hangup-Cause'] === madeUp) {
    const before = monthBefore(at);
    const id = cdrId({ ...message, Timestamp: gregorian(before) });
    if (await databaseOf(before).find(id)) return false;
  }
  try {
    await databaseOf(at).save(cdrDocument(message));
    return true;
  } catch (error) {
    // A report that is delivered again, or by a second ecallmgr, meets its own id.
    if (hasCode(error, 'datastore_conflict')) return false;
    throw error;
  }
}

/** The end of a leg that nobody saw, told when it was missed: another may have told the true one in the month before. */
const madeUp = 'RECOVERY_ON_TIMER_EXPIRE';
const monthBefore = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1) - 1);
