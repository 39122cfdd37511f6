// What the processes of a cluster answer: who is there, what it runs, which switches it drives.
import type { Bus } from '../../core/amqp/index.ts';
import { isRecord, type MessageOf } from '../../core/contract/index.ts';
import { fromGregorian } from '../../core/couch/index.ts';
import { infoReq, type infoResp, pingReq, type pingResp } from '../../core/messages/maintenance.ts';

/** Milliseconds in which a process that lives answers; how many there are nobody knows. */
export const patience = 800;
/** And those that one may take that is very busy, where it is known who must answer. */
const longPatience = 4_000;

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
  const found = (await bus.collect(infoReq, {}, { timeout: patience })).map(describe);
  const missing = unheard(found).length;
  const late =
    found.length > 0 && missing === 0
      ? []
      : await bus.collect(infoReq, {}, { timeout: longPatience, count: Math.max(1, found.length + missing) });
  const byProcess = new Map([...found, ...late.map(describe)].map((it) => [`${it.node} ${it.pid}`, it]));
  return [...byProcess.values()].sort((a, b) => a.node.localeCompare(b.node) || a.pid - b.pid);
}

/** Processes of which others have heard lately, and which have not answered. */
function unheard(found: readonly ProcessInfo[]): string[] {
  const present = new Set(found.map(({ node }) => node));
  const heard = found.flatMap(({ known }) => known.filter(({ Gone, Node }) => !Gone && isProcess(Node)));
  return [...new Set(heard.map(({ Node }) => Node))].filter((node) => !present.has(node));
}

/** ecallmgr and the edge tell of themselves as well, but answer as part of their process. */
const isProcess = (node: string): boolean => node.startsWith('mirliton@');

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

/** Every app instance that answers a ping over its own connection; one of each of `needed` is waited for longer. */
export async function pingApps(
  bus: Bus,
  needed: readonly string[] = [],
): Promise<MessageOf<typeof pingResp>[]> {
  const found = await bus.collect(pingReq, {}, { timeout: patience });
  const missing = needed.filter((app) => found.every(({ App }) => App !== app));
  const late = await Promise.all(
    missing.map((App) => bus.collect(pingReq, { App }, { timeout: longPatience, count: 1 })),
  );
  return [...found, ...late.flat()];
}

/** Queues that keep dead letters, as the apps that answer tell. */
export async function durableQueues(bus: Bus): Promise<string[]> {
  const answers = await pingApps(bus);
  return [...new Set(answers.flatMap((answer) => answer['Durable-Queues']))].sort();
}
