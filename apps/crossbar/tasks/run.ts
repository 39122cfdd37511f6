// Does a claimed task: row by row, at a bounded speed, in constant memory, as whoever ordered it and with their rights of now.
import { setTimeout as pause } from 'node:timers/promises';
import { accountDatabase, gregorian } from '../../../core/couch/index.ts';
import { user as userContract } from '../../../core/documents/index.ts';
import { AppError, toAppError } from '../../../core/errors/index.ts';
import { withLogContext } from '../../../core/log/index.ts';
import { authOf } from '../auth/tokens.ts';
import { authorize } from '../engine/authorize.ts';
import { findAccount, type RestRequest, type Services, typed } from '../engine/index.ts';
import { audited } from '../engine/pipeline.ts';
import {
  type Action,
  type Output,
  type Row,
  type RowAction,
  type SourceAction,
  takesRows,
} from './action.ts';
import { type Book, openBook } from './book.ts';
import { readRows } from './input.ts';
import { inputName, type TaskDocument } from './show.ts';

export interface Run {
  readonly services: Services;
  readonly task: TaskDocument;
  readonly claim: string;
  readonly action: Action;
  /** Aborted when the process stops: the task is left for another. */
  readonly signal: AbortSignal;
}

/**
 * Runs until the end of the rows, until the task is stopped, or until the claim is lost. Rejects when the store fails:
 * then the task stays claimed, and is taken up again when the claim has run out.
 */
export async function runTask(run: Run): Promise<void> {
  const { services, task, claim, action } = run;
  const tasks = services.store.database('tasks');
  const book = openBook(tasks, task, claim, !takesRows(action));
  await withLogContext({ accountId: task.pvt_account_id }, async () => {
    try {
      const request = await requestOf(run);
      const columns = takesRows(action)
        ? await eachRow(run, action, request, book)
        : await eachOutput(run, action, request, book);
      if (columns) await book.finish(columns);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (isOfStore(error)) throw error;
      services.log.warn('a task ended early', { error, task: task._id });
      await book.note(
        () => ({ pvt_status: 'internal_error', pvt_error: told(error), pvt_finished_at: gregorian() }),
        true,
      );
    }
  });
}

/** The columns of the output at the end of the file; undefined when the run ended before. */
async function eachRow(
  run: Run,
  action: RowAction,
  request: RestRequest,
  book: Book,
): Promise<readonly string[] | undefined> {
  const { services, task } = run;
  const csv = await services.store.database('tasks').attachment(task._id, inputName);
  const wait = await pacer(services);
  const done = book.done();
  let columns: readonly string[] = [];
  let at = 0;
  for await (const row of readRows(csv.body)) {
    at += 1;
    if (at === 1) columns = [...new Set([...Object.keys(row), ...action.output, 'error'])];
    // An earlier worker did these.
    if (at <= done) continue;
    await wait();
    const { error, ...output } = await outcomeOf(services, action, request, row);
    book.add(columns, { ...output, error }, error !== undefined);
    if (await isOver(run, book)) return undefined;
  }
  return columns;
}

async function eachOutput(
  run: Run,
  action: SourceAction,
  request: RestRequest,
  book: Book,
): Promise<readonly string[] | undefined> {
  const wait = await pacer(run.services);
  for await (const output of action.rows(request)) {
    await wait();
    book.add(action.output, output, false);
    if (await isOver(run, book)) return undefined;
  }
  return action.output;
}

/** At most so many rows a second, so that requests are still answered. */
async function pacer({ systemConfig }: Services): Promise<() => Promise<void>> {
  const perSecond = await systemConfig.get('crossbar', 'tasks.rows_per_second', 200);
  const spacing = 1000 / Math.max(1, perSecond);
  let next = 0;
  return async () => {
    next = Math.max(next + spacing, Date.now() - 100);
    const early = next - Date.now();
    if (early > 0) await pause(early);
  };
}

/** Makes a checkpoint when it is time; true when this process is to do no more of the task. */
async function isOver({ signal }: Run, book: Book): Promise<boolean> {
  if (signal.aborted) {
    await book.note(() => ({}), true);
    return true;
  }
  if (!book.isDue()) return false;
  const task = await book.note();
  if (task?.pvt_status === 'executing') return false;
  if (task) await book.note(() => ({}), true);
  return true;
}

/** What a row gives; `error` when it failed. Rejects when the store fails, so that the row is tried again later. */
async function outcomeOf(
  services: Services,
  action: RowAction,
  request: RestRequest,
  row: Row,
): Promise<Output & { readonly error?: string }> {
  try {
    const run = async (inner: RestRequest) => ({ data: await action.row(inner, row) });
    const { data } = await (action.changes === false
      ? run(request)
      : (audited(request, { run }, `/tasks/${request.id}`) as ReturnType<typeof run>));
    return { ...row, ...data };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (isOfStore(error)) throw error;
    if (error.status >= 500) services.log.error('a row of a task failed', { error, task: request.id });
    return { ...row, error: told(error) };
  }
}

const isOfStore = ({ code, retryable }: AppError): boolean =>
  retryable && (code.startsWith('datastore_') || code === 'quorum_not_met' || code === 'stopping');

interface Violation {
  readonly path: string;
  readonly message: string;
}

/** What is wrong, in one line. */
function told({ status, message, details, code }: AppError): string {
  const violations = details['violations'];
  if (Array.isArray(violations))
    return violations.map(({ path, message: why }: Violation) => `${path}: ${why}`).join('; ');
  return status >= 500 && code === 'unspecified_fault' ? 'internal error' : message;
}

/** A request in the name of whoever ordered the task. Rejects when they may not do so any more. */
async function requestOf({ services, task, action }: Run): Promise<RestRequest> {
  const { store } = services;
  const account = await findAccount(store, String(task.pvt_account_id));
  const callers = await findAccount(store, String(task.pvt_auth_account_id));
  if (!account || !callers) throw new AppError('forbidden', { message: 'the account is gone' });
  const { pvt_auth_user_id: userId } = task;
  const user =
    userId === undefined
      ? undefined
      : typed(userContract, await store.database(accountDatabase(callers._id)).find(userId));
  if (userId !== undefined && user?.enabled !== true)
    throw new AppError('forbidden', { message: 'the user who ordered the task is gone or disabled' });
  const method = task.pvt_auth_method ?? 'cb_user_auth';
  const auth = await authOf(services, { token: undefined, method, account: callers, user });
  const where = { account, accountId: account._id, userId: undefined };
  authorize(action.permission, auth, { ...where, endpoint: 'tasks', parameters: [task._id], verb: 'PATCH' });
  return {
    services,
    id: task._id,
    verb: 'PUT',
    params: { account_id: account._id },
    query: { paginate: 'false', ascending: 'true' },
    headers: {},
    clientIp: '',
    scheme: 'http',
    isSigned: false,
    envelope: { accept_charges: task.pvt_accept_charges === true },
    data: {},
    uploads: [],
    auth,
    account,
  };
}
