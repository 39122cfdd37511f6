// Agents and queues: what is asked of the call centre, and what it counts (contract/kapi.md, kapi_acdc_agent, kapi_acdc_stats).
import { message, segment, Type } from '../contract/index.ts';
import { Any, Count, maybeText, some, text, Vars } from './fields.ts';

export const agentEvents = [
  'login',
  'logout',
  'pause',
  'resume',
  'end_wrapup',
  'login_queue',
  'logout_queue',
  'restart',
] as const;

/** What an agent does; `Time-Limit` of a pause in seconds. */
export const agentAction = message({
  category: 'agent',
  name: agentEvents,
  exchange: 'kapps',
  key: (m) =>
    `acdc.agent.action.${m['Event-Name'] ?? '*'}.${segment(m['Account-ID'])}.${segment(m['Agent-ID'])}`,
  fields: {
    ...text('Account-ID Agent-ID'),
    ...maybeText('Presence-ID Presence-State Queue-ID'),
    'Time-Limit': Type.Optional(Type.Union([Count, Type.String()])),
  },
});

const range = some(Count, 'Start-Range End-Range Limit');

export const statusResp = message({
  category: 'acdc_stat',
  name: 'status_resp',
  exchange: 'targeted',
  fields: { Agents: Vars },
});
export const statusErr = message({
  category: 'acdc_stat',
  name: 'status_err',
  exchange: 'targeted',
  fields: text('Error-Reason'),
});
/** The states of agents, by agent and time (Gregorian seconds). */
export const statusReq = message({
  category: 'acdc_stat',
  name: 'status_req',
  exchange: 'kapps',
  key: (m) => `acdc_stats.query_status.${segment(m['Account-ID'])}.${segment(m['Agent-ID'] ?? 'all')}`,
  fields: { ...text('Account-ID'), ...maybeText('Agent-ID Status'), ...range },
  answers: [statusResp, statusErr],
});

export const currentCallsResp = message({
  category: 'acdc_stat',
  name: 'current_calls_resp',
  exchange: 'targeted',
  fields: { 'Query-Time': Count, ...some(Any, 'Waiting Handled Abandoned Processed') },
});
export const currentCallsErr = message({
  category: 'acdc_stat',
  name: 'current_calls_err',
  exchange: 'targeted',
  fields: text('Error-Reason'),
});
/** The calls of queues of late. */
export const currentCallsReq = message({
  category: 'acdc_stat',
  name: 'current_calls_req',
  exchange: 'kapps',
  key: (m) => `acdc_stats.query_call.${segment(m['Account-ID'])}.${segment(m['Queue-ID'] ?? 'all')}`,
  fields: { ...text('Account-ID'), ...maybeText('Agent-ID Queue-ID Status'), ...range },
  answers: [currentCallsResp, currentCallsErr],
});
