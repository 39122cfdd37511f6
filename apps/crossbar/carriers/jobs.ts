// resources/jobs: the numbers of a carrier are made for an account, many in one request, and the outcome is kept.
import { Type } from '../../../core/contract/index.ts';
import { gregorian, monthDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { resource as carrier, resource_job } from '../../../core/documents/index.ts';
import { toAppError } from '../../../core/errors/index.ts';
import {
  around,
  auditFields,
  caller,
  type DataReply,
  type Endpoint,
  idParameter,
  invalid,
  loadOfMonth,
  monthList,
  newMonthId,
  numberError,
  type Operation,
  operation,
  pathParameter,
  publicPart,
  type RestRequest,
  storedAs,
  targetAccount,
  targetDatabase,
  typed,
} from '../engine/index.ts';
import { createNumber } from '../numbers/actions.ts';
import { distinct } from '../numbers/collection.ts';
import { normal } from '../numbers/numbers.ts';

const { numbers, name, resource_id } = resource_job.fields;
const order = Type.Object({ numbers, name, resource_id });
interface Order {
  readonly numbers: readonly string[];
  readonly name?: string;
  readonly resource_id: string;
}
type Job = ReturnType<typeof storedAs<typeof resource_job>>;

/** Numbers after which it is written how far the job is. */
const checkpoint = 50;

const endpointsAt = (path: string, permission: Operation['permission']): Endpoint[] => [
  {
    path: `${path}/resources/jobs`,
    operations: {
      GET: operation(
        permission,
        'Imports of numbers, newest first',
        (request) => monthList(request, { design: 'resources', view: 'jobs_listing', plainKey: true }),
        { list: true },
      ),
      PUT: operation(
        permission,
        'Makes the numbers of a carrier for an account, reserved',
        (request) => run(request, request.data),
        { accepts: order, reply: resource_job.schema },
      ),
    },
  },
  {
    path: `${path}/resources/jobs/:${idParameter}`,
    operations: {
      GET: operation(permission, 'An import of numbers', read, { reply: resource_job.schema }),
    },
  },
];

export const jobEndpoints: readonly Endpoint[] = [
  ...endpointsAt('/accounts/:account_id', 'admin'),
  // Those at the top are for the account of the system.
  ...around(endpointsAt('', 'superduper'), async (request) => ({
    ...request,
    account: caller(request).account,
  })),
];

async function read(request: RestRequest): Promise<DataReply> {
  return shown(await loadOfMonth(request, resource_job, pathParameter(request, idParameter)));
}

function shown(job: Job): DataReply {
  return { data: { ...publicPart(job), _read_only: { status: job.pvt_status } }, revision: job._rev };
}

/** Does the job at once: the answer has what became of each number. What cannot be stored ends it, and it stays `running`. */
async function run(request: RestRequest, data: Order): Promise<DataReply> {
  await checkCarrier(request, data.resource_id);
  const given = distinct(data.numbers);
  const { services } = request;
  const now = new Date();
  const database = services.store.database(monthDatabase(targetAccount(request)._id, now));
  const outcome = { successes: {} as Record<string, unknown>, errors: {} as Record<string, unknown> };
  let job = storedAs(
    resource_job,
    await database.save({
      ...data,
      ...outcome,
      ...auditFields(request),
      _id: newMonthId(now),
      pvt_type: resource_job.type,
      pvt_status: 'running',
      pvt_timestamp: gregorian(now),
      pvt_node: services.node,
    } as object as StoredDocument),
  );
  const note = async (status: Job['pvt_status']): Promise<void> => {
    const next = { ...job, ...outcome, pvt_status: status } as object as StoredDocument;
    job = storedAs(resource_job, await database.save(next));
  };
  for (const [at, number] of given.entries()) {
    try {
      const e164 = normal(number);
      const fields = { create_with_state: 'reserved', resource_id: data.resource_id };
      outcome.successes[e164] = await createNumber(request, e164, fields);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.status >= 500) throw thrown;
      outcome.errors[number] = { reason: error.code, ...numberError(error, number) };
    }
    if ((at + 1) % checkpoint === 0) await note('running');
  }
  await note('complete');
  return { ...shown(job), location: job._id };
}

/** The carrier is one of the account, or one that all share. */
async function checkCarrier(request: RestRequest, id: string): Promise<void> {
  const { store } = request.services;
  for (const database of id.startsWith('_') ? [] : [targetDatabase(request), store.database('offnet')])
    if (typed(carrier, await database.find(id))) return;
  throw invalid('resource_id', 'not_found', 'there is no such resource', { value: id });
}
