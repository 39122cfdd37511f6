// tasks: work over many rows, done in the background: what there is to do, ordering it, how far it is, its files.
import { Type } from '../../../core/contract/index.ts';
import { task as document } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  type DataReply,
  type Endpoint,
  list,
  type Operation,
  operation,
  parameter,
  type Reply,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';
import { wishesOf } from '../engine/wishes.ts';
import { helpOf } from '../tasks/action.ts';
import { catalogue } from '../tasks/catalogue.ts';
import { csvTypes } from '../tasks/input.ts';
import {
  createTask,
  ownerOf,
  readTask,
  removeTask,
  startTask,
  stopTask,
  taskOf,
  tasksOf,
} from '../tasks/life.ts';
import { filesOf, inputReply, outputReply } from '../tasks/show.ts';

const order = Type.Object(document.fields);
const which = { category: Type.Optional(Type.String()), action: Type.Optional(Type.String()) };
const csv = { produces: ['text/csv'] };

const create = (permission: Operation['permission']) =>
  operation(permission, 'Orders a task; it begins when it is started', createTask, {
    accepts: order,
    parameters: { category: Type.String(), action: Type.String() },
    uploads: csvTypes,
  });

/** The same for the tasks of an account and, at the top, for those of the master. */
const endpointsAt = (path: string, permission: Operation['permission']): Endpoint[] => [
  {
    path: `${path}/:id`,
    operations: {
      GET: operation(permission, 'A task, and how far it is', readOne, csv),
      PATCH: operation(permission, 'Starts a task, or goes on with one that was stopped', startTask),
      DELETE: operation(permission, 'Removes a task and its files', removeTask),
    },
  },
  {
    path: `${path}/:id/stop`,
    operations: { PATCH: operation(permission, 'Stops a task', stopTask) },
  },
  {
    path: `${path}/:id/input`,
    operations: {
      GET: operation(
        permission,
        'The file that a task works through',
        async (request) => inputReply(request, tasksOf(request), await taskOf(request)),
        csv,
      ),
    },
  },
  {
    path: `${path}/:id/output`,
    operations: {
      GET: operation(
        permission,
        'What a task has written so far',
        async (request) => outputReply(tasksOf(request), await taskOf(request)),
        csv,
      ),
    },
  },
];

export const tasks: RestModule = {
  name: 'tasks',
  summary: 'Work over many rows, done in the background',
  endpoints: [
    {
      path: '/tasks',
      operations: {
        GET: operation('public', 'What tasks can do, by category', help, { parameters: which }),
        PUT: create('superduper'),
      },
    },
    {
      path: '/accounts/:account_id/tasks',
      operations: {
        GET: operation('admin', 'Tasks of an account, newest first', listTasks, { list: true }),
        PUT: create('admin'),
      },
    },
    ...endpointsAt('/tasks', 'superduper'),
    ...endpointsAt('/accounts/:account_id/tasks', 'admin'),
  ],
};

/** All, those of a category, or one. Rejects with `bad_identifier` when there is none. */
async function help(request: RestRequest): Promise<DataReply> {
  const [category, action] = ['category', 'action'].map((key) => parameter(request, key));
  const found = Object.entries(catalogue)
    .filter(([name]) => category === undefined || name === category)
    .map(([name, actions]): [string, Record<string, unknown>] => {
      const shown = Object.entries(actions).filter(([one]) => action === undefined || one === action);
      return [name, Object.fromEntries(shown.map(([one, declared]) => [one, helpOf(declared)]))];
    })
    .filter(([, actions]) => Object.keys(actions).length > 0);
  if (found.length === 0)
    throw new AppError('bad_identifier', { details: { cause: 'unknown category or action' } });
  return { data: { tasks: Object.fromEntries(found) } };
}

function listTasks(request: RestRequest): Promise<Reply> {
  const listing = { design: 'tasks', view: 'listing_by_created' };
  return list(request, tasksOf(request), listing, {
    prefix: [ownerOf(request)._id],
    show: ({ value }) => {
      const row = value as { readonly csvs?: readonly string[] };
      return { ...row, csvs: filesOf(row.csvs ?? []) };
    },
    fileName: 'tasks',
  });
}

/** The task; to who wants CSV, the file that `csv_name` names (default: the output), as with Kazoo. */
async function readOne(request: RestRequest): Promise<Reply> {
  if (wishesOf([request.query, request.envelope], request.headers).format !== 'csv') return readTask(request);
  const task = await taskOf(request);
  return parameter(request, 'csv_name') === 'in.csv'
    ? inputReply(request, tasksOf(request), task)
    : outputReply(tasksOf(request), task);
}
