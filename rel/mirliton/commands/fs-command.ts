// mirliton fs api, fs sync, acls reload, gateways reload: orders to the media servers.
import type { Bus } from '../../../core/amqp/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { syncChannels } from '../../../core/messages/maintenance.ts';
import { reloadAcls, reloadGateways, switchCommand } from '../../../core/messages/switch.ts';
import { command, many, maybe, one, text } from '../command.ts';
import { countOf } from '../durations.ts';
import { renderTable } from '../output.ts';
import { switchesNamed, switchesSeen } from '../switches.ts';

/** An API command may take its time on a busy switch. */
const patience = 5_000;

async function onSwitches(bus: Bus, command: string, args: string, name = '*') {
  const answers = await bus.collect(
    switchCommand,
    { Command: command, Args: args, 'FreeSWITCH-Node': name },
    { timeout: patience, ...(name === '*' ? {} : { count: 1 }) },
  );
  if (answers.length === 0)
    throw new AppError('no_switch', {
      message: `no ecallmgr answers for ${name === '*' ? 'any switch' : name}`,
    });
  return answers.map((it) => ({
    media_server: it['FreeSWITCH-Node'] ?? '?',
    ok: it.Result === 'success' && !it.Response?.startsWith('-ERR'),
    answer: (it.Error ?? it.Response ?? '').trim(),
  }));
}

export const fsApiCommand = command({
  name: 'fs api',
  summary: 'runs an API command on a media server, as fs_cli does',
  args: { name: one('from mirliton fs list'), words: many('the command and its arguments') },
  examples: ['mirliton fs api freeswitch@10.0.0.12 status', 'mirliton fs api fs3 sofia status'],
  run: async ({ args: { name, words } }, cli) => {
    const [first, ...rest] = words;
    if (first === undefined) throw new AppError('invalid_data', { message: 'which command? As: status' });
    await switchesNamed(cli, name);
    const [answer] = await onSwitches(await cli.bus(), first, rest.join(' '), name);
    cli.show(answer, () => answer?.answer ?? '');
    return answer?.ok ? 0 : 1;
  },
});

export const aclsReloadCommand = command({
  name: 'acls reload',
  summary: 'makes every media server read its access lists again',
  run: async (_, cli) => {
    await (await cli.bus()).publish(reloadAcls, {}, { mandatory: true });
    cli.done('every media server was told');
  },
});

export const gatewaysReloadCommand = command({
  name: 'gateways reload',
  summary: 'makes every media server read its gateways again',
  run: async (_, cli) => {
    await (await cli.bus()).publish(reloadGateways, {}, { mandatory: true });
    cli.done('every media server was told');
  },
});

export const fsSyncCommand = command({
  name: 'fs sync',
  summary: 'compares what ecallmgr knows of its channels with what the media servers have',
  details:
    'Ends that were missed are told and recorded; calls that parked meanwhile are routed. Exit code 1 when an ecallmgr could not do it, or has not answered.',
  args: { name: maybe('from mirliton fs list; all without it') },
  options: { timeout: text('SECONDS', 'to wait for the answers; default 10') },
  run: async ({ args: { name }, options: { timeout = '10' } }, cli) => {
    const bus = await cli.bus();
    const seen = name === undefined ? await switchesSeen(cli) : await switchesNamed(cli, name);
    // Who has no connection to it does not answer.
    const ecallmgrs = new Set(seen.filter((it) => it.connected).map((it) => it.seenBy));
    if (ecallmgrs.size === 0)
      throw new AppError('no_switch', {
        message:
          seen.length === 0
            ? 'no ecallmgr has answered: none runs, or they are too busy'
            : `no ecallmgr is connected to ${name ?? 'any media server'}`,
      });
    const answers = await bus.collect(
      syncChannels,
      { 'FreeSWITCH-Node': name },
      { timeout: countOf('timeout', timeout) * 1_000, count: ecallmgrs.size },
    );
    if (answers.length === 0) throw new AppError('request_timeout', { message: 'no ecallmgr has answered' });
    const rows = answers.map(({ Node, Detail, Count, Failures = [] }) => ({
      node: Node,
      switches: Detail,
      channels: Count,
      failures: Failures,
    }));
    cli.show(rows, () =>
      renderTable(rows, {
        node: (it) => it.node,
        'media servers': (it) => it.switches,
        channels: (it) => it.channels,
        failed: (it) => it.failures.join('; '),
      }),
    );
    return rows.length < ecallmgrs.size || rows.some((it) => it.failures.length > 0) ? 1 : 0;
  },
});
