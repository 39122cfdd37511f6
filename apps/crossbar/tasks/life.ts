// The life of a task as clients steer it: ordered, started, stopped, removed.
import { gregorian, type StoredDocument } from '../../../core/couch/index.ts';
import { task as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { authorize } from '../engine/authorize.ts';
import {
  type AccountDocument,
  accountFields,
  auditFields,
  caller,
  checkRevision,
  type DataReply,
  flag,
  load,
  missing,
  parameter,
  pathParameter,
  type RestRequest,
  storedAs,
  typed,
} from '../engine/index.ts';
import { findAction } from './action.ts';
import { catalogue } from './catalogue.ts';
import { inputOf } from './input.ts';
import { inputName, shownTask, type TaskDocument } from './show.ts';

/** `data` of an order. */
export interface Order {
  readonly file_name?: string;
  readonly records?: readonly object[];
}

/** The account whose tasks a request is about: that of the path, else the caller's. */
export const ownerOf = (request: RestRequest): AccountDocument => request.account ?? caller(request).account;

export const tasksOf = ({ services }: RestRequest) => services.store.database('tasks');

/** Stores what is to be done; it begins when it is started. */
export async function createTask(request: RestRequest<Order>): Promise<DataReply> {
  const [category, name] = ['category', 'action'].map((key) => parameter(request, key));
  const action = findAction(catalogue, category, name);
  if (!action)
    throw new AppError('bad_identifier', {
      message: 'there is no such category or action',
      details: { cause: 'unknown_category_action' },
    });
  const auth = caller(request);
  const account = ownerOf(request);
  authorize(action.permission, auth, {
    account,
    accountId: account._id,
    userId: undefined,
    endpoint: 'tasks',
    parameters: [],
    verb: request.verb,
  });
  const input = await inputOf(request, action);
  const fileName = parameter(request, 'file_name');
  const document = {
    ...contract.accept(fileName === undefined ? {} : { file_name: fileName }),
    ...auditFields(request),
    ...accountFields(account._id),
    pvt_type: contract.type,
    pvt_auth_method: auth.method,
    ...(flag(request, 'accept_charges') && { pvt_accept_charges: true }),
    pvt_category: category,
    pvt_action: name,
    pvt_status: 'pending',
    ...(input && {
      pvt_total_rows: input.rows,
      _attachments: { [inputName]: { content_type: 'text/csv', data: input.csv.toString('base64') } },
    }),
  };
  const stored = storedAs(contract, await tasksOf(request).save(document as object as StoredDocument));
  return { data: shownTask(stored), location: stored._id };
}

/** The task in the path, when it is of the account. */
export async function taskOf(request: RestRequest): Promise<TaskDocument> {
  const id = pathParameter(request, 'id');
  const task = await load(tasksOf(request), contract, id, { fresh: true });
  if (task.pvt_account_id !== ownerOf(request)._id) throw missing(id);
  return task;
}

export async function readTask(request: RestRequest): Promise<DataReply> {
  const task = await taskOf(request);
  return { data: shownTask(task), revision: task._rev };
}

/** Starts what waits; what was stopped goes on where it was. */
export function startTask(request: RestRequest): Promise<DataReply> {
  return changed(request, ({ pvt_status, pvt_started_at }, id) => {
    if (pvt_status !== 'pending' && pvt_status !== 'stopped') throw refused(id, 'task already started');
    return {
      pvt_status: 'executing',
      pvt_started_at: pvt_started_at ?? gregorian(),
      pvt_finished_at: undefined,
    };
  });
}

/** Ends what runs, after the rows of the moment. */
export function stopTask(request: RestRequest): Promise<DataReply> {
  return changed(request, ({ pvt_status }, id) => {
    if (pvt_status !== 'executing') throw refused(id, 'task is not running');
    return { pvt_status: 'stopped', pvt_finished_at: gregorian() };
  });
}

async function changed(
  request: RestRequest,
  change: (task: TaskDocument, id: string) => object,
): Promise<DataReply> {
  const { _id } = await taskOf(request);
  const saved = await tasksOf(request).update(_id, (current) => {
    const task = typed(contract, current);
    if (!task) throw missing(_id);
    checkRevision(request, task);
    return { ...current, ...change(task, _id) };
  });
  return { data: shownTask(storedAs(contract, saved)), revision: saved._rev };
}

/** Removes a task with its files, unless it is running. */
export async function removeTask(request: RestRequest): Promise<DataReply> {
  const task = await taskOf(request);
  checkRevision(request, task);
  if (task.pvt_status === 'executing') throw refused(task._id, 'task is running');
  await tasksOf(request).remove(task._id, { hard: true });
  return { data: shownTask(task) };
}

const refused = (cause: string, message: string): AppError =>
  new AppError('bad_identifier', { message, details: { cause, data: { reason: message } } });
