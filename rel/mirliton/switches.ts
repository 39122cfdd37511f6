// Switches as operators steer them: orders in `system_config/ecallmgr`, which every ecallmgr follows.
import type { SwitchOrder } from '../../apps/ecallmgr/switches.ts';
import { isRecord } from '../../core/contract/index.ts';
import { AppError } from '../../core/errors/index.ts';
import type { Cli } from './cli.ts';
import { askProcesses, type SwitchInfo } from './cluster.ts';
import { changeSection } from './system-config.ts';

export interface Scope {
  readonly zone?: string | undefined;
}

/** Writes the order for one switch: with the fields of `order` laid over what stood there; undefined removes it. */
export async function orderSwitch(
  cli: Cli,
  name: string,
  order: SwitchOrder | undefined,
  { zone }: Scope = {},
): Promise<void> {
  await changeSection(await cli.store(), 'ecallmgr', zone ?? 'default', (values) => {
    const switches = isRecord(values['switches']) ? { ...values['switches'] } : {};
    const { [name]: before, ...others } = switches;
    const next = order && { ...(isRecord(before) ? before : {}), ...order };
    return { ...values, switches: next ? { ...others, [name]: next } : others };
  });
}

/** Every switch as every ecallmgr sees it. */
export const switchesSeen = async (cli: Cli): Promise<SwitchInfo[]> =>
  (await askProcesses(await cli.bus())).flatMap((process) => process.switches);

/** The switches of this name. Throws `not_found` when no ecallmgr drives one. */
export async function switchesNamed(cli: Cli, name: string): Promise<SwitchInfo[]> {
  const seen = await switchesSeen(cli);
  const named = seen.filter((it) => it.name === name);
  if (named.length > 0) return named;
  const names = [...new Set(seen.map((it) => it.name))].join(', ') || 'none';
  throw new AppError('not_found', { message: `no ecallmgr drives a switch ${name}; there are: ${names}` });
}

/** Resolves when every ecallmgr shows what was ordered; throws `timeout` after five seconds. */
export async function untilFollowed(
  cli: Cli,
  name: string,
  isDone: (seen: readonly SwitchInfo[]) => boolean,
): Promise<void> {
  const bus = await cli.bus();
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline) {
    const seen = (await askProcesses(bus)).flatMap((process) => process.switches);
    if (isDone(seen.filter((it) => it.name === name))) return;
  }
  throw new AppError('timeout', {
    message: `the order for ${name} is written, but not every ecallmgr has followed within five seconds`,
  });
}
