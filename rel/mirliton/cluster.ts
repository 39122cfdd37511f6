// What the processes of a cluster answer: who is there, what it runs, which switches it drives.
import type { Bus } from '../../core/amqp/index.ts';
import { isRecord, type MessageOf } from '../../core/contract/index.ts';
import { fromGregorian } from '../../core/couch/index.ts';
import { infoReq, type infoResp, pingReq, type pingResp } from '../../core/messages/maintenance.ts';

/** Milliseconds in which a process that lives answers; how many there are nobody knows. */
export const patience = 800;

/** One process as it tells of itself. */
export interface ProcessInfo {
  readonly node: string;
  readonly zone: string;
  readonly version: string;
  readonly pid: number;
  /** Seconds. */
  readonly uptime: number;
  /** Bytes. */
  readonly memory: number;
  readonly apps: readonly AppInfo[];
  readonly switches: readonly SwitchInfo[];
  readonly bus: Readonly<Record<string, unknown>>;
  readonly store: Readonly<Record<string, unknown>>;
  readonly log: Readonly<Record<string, unknown>>;
  /** Nodes that it has heard of. */
  readonly known: MessageOf<typeof infoResp>['Nodes'];
}

export interface AppInfo {
  readonly name: string;
  readonly healthy: boolean;
  readonly detail?: string;
}

/** A switch as one ecallmgr sees it. */
export interface SwitchInfo {
  readonly name: string;
  readonly connected: boolean;
  readonly paused: boolean;
  /** Channels on the switch, and those that this ecallmgr controls. */
  readonly channels: number;
  readonly ours: number;
  readonly startup?: string;
  readonly failure?: string;
  /** The node of the ecallmgr. */
  readonly seenBy: string;
}

/** Every process that answers, sorted by node. */
export async function askProcesses(bus: Bus): Promise<ProcessInfo[]> {
  const answers = await bus.collect(infoReq, {}, { timeout: patience });
  return answers.map(describe).sort((a, b) => a.node.localeCompare(b.node) || a.pid - b.pid);
}

function describe(answer: MessageOf<typeof infoResp>): ProcessInfo {
  const node = answer.Node ?? '?';
  const apps = Object.entries(answer.Apps).map(([name, app]) => ({
    name,
    fields: isRecord(app) ? app : {},
  }));
  return {
    node,
    zone: answer.Zone,
    version: answer.Version,
    pid: answer['Process-ID'],
    uptime: secondsSince(answer.Startup),
    memory: answer['Used-Memory'],
    apps: apps.map(({ name, fields: { Healthy, Detail } }) => ({
      name,
      healthy: Healthy === true,
      ...(typeof Detail === 'string' ? { detail: Detail } : {}),
    })),
    switches: apps.flatMap(({ fields: { Switches } }) =>
      Array.isArray(Switches) ? Switches.filter(isRecord).map((it) => switchOf(it, node)) : [],
    ),
    bus: answer.Bus,
    store: answer.Store,
    log: answer.Log,
    known: answer.Nodes,
  };
}

function switchOf(fields: Record<string, unknown>, seenBy: string): SwitchInfo {
  const { Name, Connected, Paused, Channels, Ours, Startup, Failure } = fields;
  return {
    name: String(Name),
    connected: Connected === true,
    paused: Paused === true,
    channels: Number(Channels ?? 0),
    ours: Number(Ours ?? 0),
    ...(typeof Startup === 'string' ? { startup: Startup } : {}),
    ...(typeof Failure === 'string' ? { failure: Failure } : {}),
    seenBy,
  };
}

const secondsSince = (gregorianSeconds: number): number =>
  Math.max(0, Math.round((Date.now() - fromGregorian(gregorianSeconds).getTime()) / 1000));

/** Nodes that some process has heard of and that are overdue, each once, unless they answer now. */
export function goneNodes(
  processes: readonly ProcessInfo[],
): { node: string; apps: string[]; age: number }[] {
  const present = new Set(processes.map(({ node }) => node));
  const gone = new Map<string, { node: string; apps: string[]; age: number }>();
  for (const { known } of processes)
    for (const { Node, Gone, Apps, Age } of known)
      if (Gone && !present.has(Node)) gone.set(Node, { node: Node, apps: [...Apps], age: Age });
      else if (!Gone) present.add(Node);
  return [...gone.values()].filter(({ node }) => !present.has(node));
}

/** Every app instance that answers a ping over its own connection. */
export async function pingApps(bus: Bus): Promise<MessageOf<typeof pingResp>[]> {
  return bus.collect(pingReq, {}, { timeout: patience });
}

/** Queues that keep dead letters, as the apps that answer tell. */
export async function durableQueues(bus: Bus): Promise<string[]> {
  const answers = await pingApps(bus);
  return [...new Set(answers.flatMap((answer) => answer['Durable-Queues']))].sort();
}
