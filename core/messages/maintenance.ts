// What operators ask of running processes and tell them (ours: Kazoo does it by remote calls between its nodes).
import { message, segment, Type } from '../contract/index.ts';
import { all, Count, Flag, maybeText, some, Text, Texts, text, Vars } from './fields.ts';

const answer = <const N extends string, P extends Parameters<typeof Type.Object>[0]>(name: N, fields: P) =>
  message({ category: 'maintenance', name, exchange: 'targeted', fields });

/** `Startup` in Gregorian seconds. */
const who = { ...text('App Zone Version'), ...all(Count, 'Process-ID Startup') };

export const pingResp = answer('ping_resp', {
  ...who,
  Healthy: Flag,
  'Durable-Queues': Type.Array(Text),
  ...maybeText('Detail'),
});

/** Every app of every process answers, over its own connection. */
export const pingReq = message({
  category: 'maintenance',
  name: 'ping_req',
  exchange: 'monitor',
  key: () => 'maintenance.ping',
  summary: 'Who is there, and is it well?',
  fields: maybeText('App'),
  answers: [pingResp],
});

/** A node that was heard of: `Age` in seconds since then; `Gone` when it is overdue. */
export const KnownNode = Type.Object({
  Node: Text,
  Age: Count,
  Gone: Flag,
  ...maybeText('Zone Version'),
  Apps: Type.Array(Text),
});

/** `Used-Memory` in bytes; `Apps` by name: `{Healthy, Detail?, …}` with what an app tells of itself. */
export const infoResp = answer('info_resp', {
  ...text('Zone Version'),
  ...all(Count, 'Process-ID Startup Used-Memory'),
  Apps: Vars,
  Bus: Vars,
  Store: Vars,
  Log: Vars,
  Nodes: Type.Array(KnownNode),
});

/** Every process answers once, whatever apps it runs. */
export const infoReq = message({
  category: 'maintenance',
  name: 'info_req',
  exchange: 'monitor',
  key: () => 'maintenance.process.info',
  summary: 'What does each process run, and what does it know?',
  fields: {},
  answers: [infoResp],
});

export const statsResp = answer('stats_resp', {
  'Process-ID': Count,
  Metrics: Type.Array(Type.Object({ Name: Text, Help: Text, Value: Type.Number(), Labels: Vars })),
});

export const statsReq = message({
  category: 'maintenance',
  name: 'stats_req',
  exchange: 'monitor',
  key: () => 'maintenance.process.stats',
  summary: 'The metrics of each process; those whose names begin with `Prefix`',
  fields: maybeText('Prefix'),
  answers: [statsResp],
});

/** `Failures`: what could not be done, and why. */
export const doneResp = answer('done_resp', {
  ...maybeText('Detail'),
  ...some(Count, 'Count'),
  ...some(Texts, 'Failures'),
});

/** Without `Level` the levels of the settings hold again. `Seconds` 0: until the process ends. */
export const logLevel = message({
  category: 'maintenance',
  name: 'log_level',
  exchange: 'monitor',
  key: () => 'maintenance.process.log_level',
  summary: 'Log more or less for a while: everything, one app, or one call',
  fields: {
    Level: Type.Optional(Type.Enum(['error', 'warn', 'info', 'debug'])),
    ...maybeText('App Call-ID For-Node'),
    ...some(Count, 'Seconds'),
  },
  answers: [doneResp],
});

/** Documents that were read are read again; apps forget what they keep of them. Answered by each process. */
export const flushCaches = message({
  category: 'maintenance',
  name: 'flush_caches',
  exchange: 'monitor',
  key: () => 'maintenance.process.flush_caches',
  summary: 'Forget what was read from the database',
  fields: maybeText('App'),
  answers: [doneResp],
});

/** `Entries` oldest first: `{At (epoch ms), Way, What, Node?, Details}`; `Dropped` lines were left out in the middle. */
export const callStoryResp = answer('call_story_resp', {
  ...text('Call-ID'),
  Entries: Type.Array(Vars),
  Ended: Flag,
  Dropped: Count,
  ...maybeText('Media-Server'),
});

/** The ecallmgr that has, or lately had, the call answers. */
export const callStoryReq = message({
  category: 'maintenance',
  name: 'call_story_req',
  exchange: 'monitor',
  key: (m) => `maintenance.call_story.${segment(m['Call-ID'])}`,
  summary: 'What happened in a call: its route, messages, commands, checkpoints, events',
  fields: text('Call-ID'),
  answers: [callStoryResp],
});

/** Compares what is known of the channels with what the switches say. Answered by each ecallmgr. */
export const syncChannels = message({
  category: 'maintenance',
  name: 'sync_channels',
  exchange: 'monitor',
  key: () => 'maintenance.sync_channels',
  summary: 'Compare the known channels with those of the switches',
  fields: maybeText('FreeSWITCH-Node'),
  answers: [doneResp],
});
