// mirliton status: the cluster on one screen.
import { type BrokerState, probeBroker } from '../../../core/amqp/index.ts';
import { type CouchNodeState, probeCouch } from '../../../core/couch/index.ts';
import { toAppError } from '../../../core/errors/index.ts';
import { callsAmong, liveChannels } from '../channels.ts';
import type { Cli } from '../cli.ts';
import { askProcesses, goneNodes, type ProcessInfo, type SwitchInfo } from '../cluster.ts';
import { command } from '../command.ts';
import { duration, renderTable } from '../output.ts';

interface Status {
  readonly healthy: boolean;
  readonly nodes: readonly ProcessInfo[];
  /** Heard of within ten minutes, and silent now. */
  readonly gone: ReturnType<typeof goneNodes>;
  readonly media_servers: readonly SwitchInfo[];
  readonly brokers: readonly BrokerState[];
  readonly databases: readonly CouchNodeState[];
  readonly calls: { readonly calls: number; readonly legs: number };
  /** Why the processes could not be asked. */
  readonly problem?: string;
}

export const statusCommand = command({
  name: 'status',
  summary: 'the cluster on one screen: nodes, media servers, brokers, databases, calls',
  details:
    'A node that was heard of within ten minutes and is silent now is listed as gone. Exit code 1 when an app is not ' +
    'well or something is down (mirliton doctor says what to do), 3 when no broker answers.',
  run: async (_, cli) => {
    const status = await read(cli);
    cli.show(status, () => render(status));
    if (status.problem !== undefined) return 3;
    return status.healthy ? 0 : 1;
  },
});

async function read(cli: Cli): Promise<Status> {
  const { bus, store } = cli.settings();
  const [brokers, databases, asked] = await Promise.all([
    Promise.all(bus.urls.map((url) => probeBroker(url))),
    Promise.all(store.urls.map((url) => probeCouch(url, store))),
    ask(cli).catch((error: unknown) => ({ nodes: [], channels: [], problem: toAppError(error).message })),
  ]);
  const { nodes, channels } = asked;
  const gone = goneNodes(nodes);
  const parts = [...brokers, ...databases, ...nodes.flatMap(({ switches }) => switches).map(isUp)];
  const apps = nodes.flatMap((node) => node.apps);
  return {
    healthy:
      nodes.length > 0 &&
      gone.length === 0 &&
      parts.every(({ up }) => up) &&
      apps.every(({ healthy }) => healthy),
    nodes,
    gone,
    media_servers: nodes.flatMap(({ switches }) => switches),
    brokers,
    databases,
    calls: { calls: callsAmong(channels), legs: channels.length },
    ...('problem' in asked ? { problem: asked.problem } : {}),
  };
}

async function ask(cli: Cli) {
  const bus = await cli.bus();
  const [nodes, channels] = await Promise.all([askProcesses(bus), liveChannels(bus)]);
  return { nodes, channels };
}

const isUp = ({ connected }: SwitchInfo) => ({ up: connected });
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;
const appWord = ({ name, healthy, detail }: ProcessInfo['apps'][number]): string =>
  healthy ? name : `${name}! (${detail ?? 'not well'})`;

function render({ nodes, gone, media_servers, brokers, databases, calls, problem }: Status): string {
  const sections = [
    nodes.length === 0
      ? 'No process has answered.'
      : renderTable(nodes, {
          node: ({ node }) => node,
          zone: ({ zone }) => zone,
          version: ({ version }) => version,
          up: ({ uptime }) => duration(uptime),
          memory: ({ memory }) => megabytes(memory),
          pid: ({ pid }) => pid,
          apps: ({ apps }) => apps.map(appWord).join(' '),
        }),
    gone.length > 0 &&
      renderTable(gone, {
        gone: ({ node }) => node,
        'last heard': ({ age }) => `${duration(age)} ago`,
        apps: ({ apps }) => apps.join(' '),
      }),
    media_servers.length > 0 &&
      renderTable(media_servers, {
        'media server': ({ name }) => name,
        state: (it) => stateOf(it),
        sessions: ({ channels }) => channels,
        'of this node': ({ ours }) => ours,
        node: ({ seenBy }) => seenBy,
      }),
    brokers.length > 0 &&
      renderTable(brokers, {
        broker: ({ url }) => url,
        state: ({ up }) => (up ? 'up' : 'down'),
        what: ({ detail }) => detail,
      }),
    databases.length > 0 &&
      renderTable(databases, {
        database: ({ url }) => url,
        state: ({ up }) => (up ? 'up' : 'down'),
        what: ({ version, detail }) => (version ? `CouchDB ${version}` : detail),
        'sees nodes': ({ seen, members }) => seen && members && `${seen.length} of ${members.length}`,
      }),
    problem ?? `${calls.calls} calls (${calls.legs} legs)`,
  ];
  return sections.filter(Boolean).join('\n\n');
}

function stateOf({ connected, paused, failure }: SwitchInfo): string {
  if (!connected) return `away: ${failure ?? 'no reason given'}`;
  return paused ? 'paused' : 'up';
}
