// queues: callers who wait for agents, who the agents are, and listening in.
import { resource, Type } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { device, queue, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { currentCallsReq } from '../../../core/messages/acdc.ts';
import { eavesdropReq } from '../../../core/messages/resource.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import {
  accountEndpoint,
  type DataReply,
  idParameter,
  invalid,
  load,
  operation,
  pathParameter,
  plain,
  publicPart,
  type RestRequest,
  targetAccount,
  targetDatabase,
  typed,
} from '../engine/index.ts';
import { accountChannels } from '../live/channels.ts';
import { statsRange } from '../queues/range.ts';

const listening = Type.Object({
  id: Type.String({ description: 'the device that listens' }),
  call_id: Type.Optional(Type.String()),
  mode: Type.Optional(Type.Enum(['listen', 'whisper', 'full'], { default: 'listen' })),
  timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 300, default: 20 })),
  caller_id_name: Type.Optional(Type.String()),
  caller_id_number: Type.Optional(Type.String()),
});
type Listening = Type.Static<typeof listening>;

const agents = Type.Array(Type.String({ description: 'the id of a user' }));

export const queues = plain(
  resource({
    path: 'queues',
    summary: 'Queues of callers',
    document: queue,
    listing: { design: 'queues', view: 'crossbar_listing' },
    example: { name: 'Support', strategy: 'most_idle', connection_timeout: 600 },
    validate: async (_: RestRequest, next) => {
      // Agents say themselves which queues they are in; clients send back what they got.
      delete next['agents'];
    },
    present: async (request: RestRequest, shown, { _id }) => ({
      ...shown,
      agents: await agentsOf(targetDatabase(request), _id),
    }),
    afterDelete: async (request: RestRequest, { _id }) => {
      await setAgents(request, _id, []);
    },
  }),
  [
    accountEndpoint('queues/stats', {
      GET: operation('account', 'The calls of all queues of late', stats, {
        parameters: statsRange.parameters,
      }),
    }),
    accountEndpoint('queues/eavesdrop', {
      PUT: operation('admin', 'Lets a phone listen to a call', (request) => eavesdrop(request), {
        accepts: listening,
      }),
    }),
    accountEndpoint(`queues/:${idParameter}/eavesdrop`, {
      PUT: operation(
        'admin',
        'Lets a phone listen to the calls of a queue',
        async (request) => {
          const { _id } = await queueOf(request);
          return eavesdrop(request, _id);
        },
        { accepts: listening },
      ),
    }),
    accountEndpoint(`queues/:${idParameter}/roster`, {
      GET: operation(
        'account',
        'The agents of a queue',
        async (request) => {
          const { _id } = await queueOf(request);
          return { data: await agentsOf(targetDatabase(request), _id) };
        },
        { reply: agents },
      ),
      POST: operation(
        'admin',
        'Makes these users the agents of a queue',
        (request) => writeRoster(request, request.data),
        { accepts: agents, reply: queue.schema },
      ),
      DELETE: operation('admin', 'Takes all agents out of a queue', (request) => writeRoster(request, []), {
        reply: queue.schema,
      }),
    }),
  ],
);

const queueOf = (request: RestRequest) =>
  load(targetDatabase(request), queue, pathParameter(request, idParameter));

/** Answers the queue, as a read of it does. */
async function writeRoster(request: RestRequest, wanted: readonly string[]): Promise<DataReply> {
  const document = await queueOf(request);
  const members = await setAgents(request, document._id, wanted);
  return { data: { ...publicPart(document), id: document._id, agents: members } };
}

async function agentsOf(database: Database, id: string): Promise<string[]> {
  const rows = await database.view('queues', 'agents_listing', {
    startKey: [id],
    endKey: [id, {}],
    reduce: false,
  });
  return rows.map((row) => row.id);
}

/** Each user keeps the queues they are in. Rejects before anything is written when one is no user. */
async function setAgents(request: RestRequest, id: string, wanted: readonly string[]): Promise<string[]> {
  const database = targetDatabase(request);
  const unknown = await Promise.all(
    wanted.map(async (one, at) => (typed(user, await database.find(one)) ? [] : [{ at, one }])),
  );
  const [first] = unknown.flat();
  if (first) throw invalid(String(first.at), 'not_found', 'there is no such user', { cause: first.one });
  const before = await agentsOf(database, id);
  const queuesOf = (given: unknown): string[] => (Array.isArray(given) ? given.map(String) : []);
  for (const one of before.filter((it) => !wanted.includes(it)))
    await database.update(one, (document) => ({
      ...document,
      queues: queuesOf(document['queues']).filter((it) => it !== id),
    }));
  for (const one of wanted.filter((it) => !before.includes(it)))
    await database.update(one, (document) => ({
      ...document,
      queues: [...new Set([...queuesOf(document['queues']), id])],
    }));
  return [...new Set(wanted)];
}

async function stats(request: RestRequest): Promise<DataReply> {
  const answer = await request.services.bus.request(currentCallsReq, {
    'Account-ID': targetAccount(request)._id,
    ...statsRange.of(request),
  });
  if (answer['Event-Name'] === 'current_calls_err')
    throw new AppError('bad_gateway', { message: answer['Error-Reason'] });
  const { Waiting, Handled, Abandoned, Processed } = answer;
  return {
    data: snakeCase({ current_timestamp: answer['Query-Time'], Waiting, Handled, Abandoned, Processed }),
  };
}

async function eavesdrop(request: RestRequest<Listening>, queueId?: string): Promise<DataReply> {
  const { id, call_id, mode = 'listen', timeout = 20, ...caller } = request.data;
  if ((await targetDatabase(request).find(id))?.pvt_type !== device.type)
    throw invalid('id', 'not_found', 'there is no such device', { cause: id });
  if (queueId === undefined && call_id === undefined)
    throw invalid('call_id', 'required', 'say which call to listen to');
  // A call of another account is as good as none.
  if (call_id !== undefined && !(await accountChannels(request)).some(({ uuid }) => uuid === call_id))
    throw invalid('call_id', 'not_found', 'there is no such call', { cause: call_id });
  const answer = await request.services.bus.request(eavesdropReq, {
    'Account-ID': targetAccount(request)._id,
    'Endpoint-ID': id,
    'Eavesdrop-Mode': mode,
    'Endpoint-Timeout': timeout,
    ...(call_id === undefined ? { 'Eavesdrop-Group-ID': queueId } : { 'Eavesdrop-Call-ID': call_id }),
    ...(caller.caller_id_name !== undefined && { 'Outbound-Caller-ID-Name': caller.caller_id_name }),
    ...(caller.caller_id_number !== undefined && { 'Outbound-Caller-ID-Number': caller.caller_id_number }),
  });
  const { Status, 'Eavesdropper-Call-ID': eavesdropper_call_id, 'Error-Msg': error_msg } = answer;
  return { data: { status: Status, eavesdropper_call_id, error_msg } };
}
