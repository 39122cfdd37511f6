// mirliton calls: the legs that are live now, over all media servers.
import { findAccount } from '../accounts.ts';
import { callsAmong, liveChannels } from '../channels.ts';
import { command, text } from '../command.ts';
import { secondsOf } from '../durations.ts';
import { duration, renderTable } from '../output.ts';

export const callsCommand = command({
  name: 'calls',
  summary: 'the calls that are going on: every leg, the longest first',
  options: {
    account: text('ACCOUNT', 'of this account (id, name or realm)'),
    longer: text('TIME', 'only those longer than this, as 2h'),
    node: text('NAME', 'on this media server'),
  },
  run: async ({ options: { account, longer, node } }, cli) => {
    const seconds = longer === undefined ? 0 : secondsOf('longer', longer);
    const accountId = account === undefined ? undefined : (await findAccount(await cli.store(), account))._id;
    const found = (await liveChannels(await cli.bus(), accountId)).filter(
      (it) => (it.elapsed_s ?? 0) >= seconds && (node === undefined || it.node === node),
    );
    const counted = `${callsAmong(found)} calls (${found.length} legs)`;
    cli.show(found, () =>
      found.length === 0
        ? 'no calls'
        : `${renderTable(found, {
            call: (it) => it.uuid,
            direction: (it) => it.direction,
            from: (it) => it.caller_id_number,
            to: (it) => it.destination,
            state: (it) => (it.answered ? 'answered' : 'ringing'),
            for: (it) => duration(it.elapsed_s ?? 0),
            'other leg': (it) => it.other_leg,
            account: (it) => it.account_id,
            'media server': (it) => it.node,
          })}\n\n${counted}`,
    );
  },
});
