// mirliton calls hangup: ends one call, those of an account, those that last too long, or all.
import type { Bus } from '../../../core/amqp/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { switchCommand } from '../../../core/messages/switch.ts';
import { findAccount } from '../accounts.ts';
import { type Channel, liveChannels } from '../channels.ts';
import { command, flag, maybe, text } from '../command.ts';
import { secondsOf } from '../durations.ts';

export const callsHangupCommand = command({
  name: 'calls hangup',
  summary: 'ends calls: one leg by its id, those of an account, those that last too long, or all',
  details: 'The conditions may be combined. Exit code 1 when no call fits or a switch refuses.',
  args: { call: maybe('the id of a leg') },
  options: {
    account: text('ACCOUNT', 'of this account (id, name or realm)'),
    longer: text('TIME', 'only those longer than this, as 2h'),
    node: text('NAME', 'on this media server'),
    all: flag('every call of the cluster'),
  },
  examples: ['mirliton calls hangup --longer 4h', 'mirliton calls hangup --account acme'],
  run: async ({ args: { call }, options }, cli) => {
    const { account, longer, node, all } = options;
    if (!all && [call, account, longer, node].every((it) => it === undefined))
      throw new AppError('invalid_data', {
        message: 'which calls? Give an id, --account, --longer, --node or --all',
      });
    const seconds = longer === undefined ? 0 : secondsOf('longer', longer);
    const accountId = account === undefined ? undefined : (await findAccount(await cli.store(), account))._id;
    const bus = await cli.bus();
    const chosen = (await liveChannels(bus, accountId)).filter(
      (it) =>
        (call === undefined || it.uuid === call) &&
        (it.elapsed_s ?? 0) >= seconds &&
        (node === undefined || it.node === node),
    );
    if (chosen.length === 0) throw new AppError('not_found', { message: 'no call fits' });
    const refused: string[] = [];
    for (const [index, channel] of chosen.entries()) {
      const answer = await hangUp(bus, channel);
      if (answer !== undefined) refused.push(`${channel.uuid}: ${answer}`);
      cli.progress(index + 1, chosen.length, 'legs hung up');
    }
    const hungUp = chosen.length - refused.length;
    cli.done([`${hungUp} legs hung up`, ...refused].join('\n'), { hung_up: hungUp, refused });
    return refused.length > 0 ? 1 : 0;
  },
});

/** Undefined when it is done; the other leg of a bridge may have taken this one along. */
async function hangUp(bus: Bus, { uuid, node }: Channel): Promise<string | undefined> {
  const answer = await bus.request(switchCommand, {
    Command: 'uuid_kill',
    Args: uuid,
    'FreeSWITCH-Node': node ?? '*',
  });
  const said = answer.Error ?? answer.Response?.trim() ?? '';
  if (/no such channel/i.test(said)) return undefined;
  return answer.Result !== 'success' || said.startsWith('-ERR') ? said : undefined;
}
