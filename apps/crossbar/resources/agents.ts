// agents: users who take the calls of queues: who they are, what they do, and telling them to do something else.
import { Type } from '../../../core/contract/index.ts';
import { user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { agentAction, currentCallsReq, statusReq } from '../../../core/messages/acdc.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import {
  accountEndpoint,
  type DataReply,
  flag,
  list,
  load,
  operation,
  pathParameter,
  publicPart,
  type RestModule,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { statsRange } from '../queues/range.ts';

const listing = { design: 'agents', view: 'crossbar_listing' };

const statusChange = Type.Object({
  status: Type.Enum(['login', 'logout', 'pause', 'resume', 'end_wrapup']),
  timeout: Type.Optional(Type.Integer({ minimum: 0, description: 'of a pause, seconds' })),
  presence_id: Type.Optional(Type.String()),
  presence_state: Type.Optional(Type.String()),
});
const queueChange = Type.Object({
  action: Type.Enum(['login', 'logout']),
  queue_id: Type.String({ minLength: 1, maxLength: 128 }),
});

const one = {
  GET: operation('account', 'What an agent does now', async (request) =>
    statusOf(request, await agentOf(request)),
  ),
  POST: operation('owner', 'Tells an agent to do something else', changeStatus, { accepts: statusChange }),
};

export const agents: RestModule = {
  name: 'agents',
  summary: 'Agents of queues',
  endpoints: [
    accountEndpoint('agents', {
      GET: operation(
        'account',
        'Users who are agents',
        (request) =>
          list(request, targetDatabase(request), listing, {
            show: ({ id, value }) => ({ id, ...(value as object) }),
          }),
        { list: true },
      ),
    }),
    accountEndpoint('agents/status', {
      GET: operation('account', 'What all agents do', (request) => statusOf(request), {
        parameters: statsRange.parameters,
      }),
    }),
    accountEndpoint('agents/stats', {
      GET: operation('account', 'How many calls each agent took', stats, {
        parameters: statsRange.parameters,
      }),
    }),
    accountEndpoint('agents/:user_id', {
      GET: operation('account', 'An agent', async (request) => {
        const agent = await load(targetDatabase(request), user, pathParameter(request, 'user_id'));
        return { data: publicPart(agent), revision: agent._rev };
      }),
    }),
    accountEndpoint('agents/:user_id/status', one),
    accountEndpoint('agents/status/:user_id', one),
    accountEndpoint('agents/:user_id/queue_status', {
      GET: operation('account', 'The queues an agent is in', async (request) => {
        const agent = await targetDatabase(request).find(await agentOf(request));
        return { data: agent?.['queues'] ?? [] };
      }),
      POST: operation('owner', 'Puts an agent into a queue, or takes it out', changeQueue, {
        accepts: queueChange,
      }),
    }),
  ],
};

async function agentOf(request: RestRequest): Promise<string> {
  return (await load(targetDatabase(request), user, pathParameter(request, 'user_id')))._id;
}

/** The last state of each agent by default; asked of the call centre, so `nobody_listens` without one. */
async function statusOf(request: RestRequest, agent?: string): Promise<DataReply> {
  const answer = await request.services.bus.request(statusReq, {
    'Account-ID': targetAccount(request)._id,
    ...statsRange.of(request),
    ...(agent !== undefined && { 'Agent-ID': agent }),
    ...(agent !== undefined && !flag(request, 'recent') && { Limit: 1 }),
  });
  if (answer['Event-Name'] === 'status_err')
    throw new AppError('bad_gateway', { message: answer['Error-Reason'] });
  return { data: snakeCase(agent === undefined ? answer.Agents : (answer.Agents[agent] ?? {})) };
}

interface Stat {
  readonly agent_id?: string;
  readonly queue_id?: string;
  readonly status?: string;
}

async function stats(request: RestRequest): Promise<DataReply> {
  const { 'Queue-ID': _, ...asked } = statsRange.of(request);
  const answer = await request.services.bus.request(currentCallsReq, {
    'Account-ID': targetAccount(request)._id,
    ...asked,
  });
  if (answer['Event-Name'] === 'current_calls_err')
    throw new AppError('bad_gateway', { message: answer['Error-Reason'] });
  const calls = [answer.Waiting, answer.Handled, answer.Abandoned, answer.Processed].flat() as (
    | Stat
    | undefined
  )[];
  return { data: totalsOf(calls.filter((it) => it !== undefined)) };
}

interface Totals {
  total_calls: number;
  answered_calls: number;
}

/** By agent, and by queue of each. */
function totalsOf(calls: readonly Stat[]): Record<string, unknown> {
  const agents = new Map<string, Totals & { queues: Record<string, Totals> }>();
  for (const { agent_id, queue_id = '', status } of calls) {
    if (agent_id === undefined) continue;
    const agent = agents.get(agent_id) ?? { total_calls: 0, answered_calls: 0, queues: {} };
    const queue = agent.queues[queue_id] ?? { total_calls: 0, answered_calls: 0 };
    const answered = status === 'handled' || status === 'processed' ? 1 : 0;
    for (const counter of [agent, queue]) {
      counter.total_calls += 1;
      counter.answered_calls += answered;
    }
    agent.queues[queue_id] = queue;
    agents.set(agent_id, agent);
  }
  return Object.fromEntries(agents);
}

/** For the call centre to do: `nobody_listens` when there is none. */
async function changeStatus(request: RestRequest<Type.Static<typeof statusChange>>): Promise<DataReply> {
  const { status, timeout, presence_id, presence_state } = request.data;
  await request.services.bus.publish(
    agentAction,
    {
      'Event-Name': status,
      'Account-ID': targetAccount(request)._id,
      'Agent-ID': await agentOf(request),
      ...(timeout !== undefined && { 'Time-Limit': timeout }),
      ...(presence_id !== undefined && { 'Presence-ID': presence_id }),
      ...(presence_state !== undefined && { 'Presence-State': presence_state }),
    },
    { mandatory: true },
  );
  return { data: { message: 'status update sent' } };
}

/** Stored in any case; an agent that works now is told as well. */
async function changeQueue(request: RestRequest<Type.Static<typeof queueChange>>): Promise<DataReply> {
  const { action, queue_id } = request.data;
  const id = await agentOf(request);
  const saved = await targetDatabase(request).update(id, (document) => {
    const queues = (Array.isArray(document['queues']) ? document['queues'] : []).filter(
      (it) => it !== queue_id,
    );
    return { ...document, queues: action === 'login' ? [...queues, queue_id] : queues };
  });
  await request.services.bus.publish(agentAction, {
    'Event-Name': `${action}_queue`,
    'Account-ID': targetAccount(request)._id,
    'Agent-ID': id,
    'Queue-ID': queue_id,
  });
  return { data: saved['queues'], revision: saved._rev };
}
