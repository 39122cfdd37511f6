// `execute_on_*`, `api_on_*`, `api_hangup_hook` and `api_reporting_hook`: variables that say what to run when something happens to a channel.

import type { Channel } from './channel.ts';
import { expand } from './expand.ts';
import { channelHeaders } from './headers.ts';

/** The value of each is `NAME ARGUMENTS`, or `NAME::ARGUMENTS`. */
function readHook(value: string): { name: string; args: string } {
  const [, name = '', args = ''] = /^\s*(\w+)(?:::|\s+|$)(.*)$/s.exec(value) ?? [];
  return { name, args };
}

function runApplicationHook(channel: Channel, moment: string): void {
  const value = channel.find(`execute_on_${moment}`);
  if (value) channel.executor.deliver({ kind: 'execute', step: readHook(value), loops: 1, lock: false });
}

/**
 * All variables whose names begin so, as `api_on_answer_2`. What they name may be the headers of an event as well as
 * variables. A global variable counts for every channel.
 */
async function runApiHooks(channel: Channel, prefix: string): Promise<void> {
  const named = [...channel.variables.keys()].filter((name) => name.startsWith(prefix));
  const given =
    named.length > 0 ? named.map((name) => channel.find(name)) : [channel.core.globals.get(prefix)];
  const values = given.filter((value) => value !== undefined);
  if (values.length === 0) return;
  const headers = new Map(channelHeaders(channel));
  const find = (wanted: string) => channel.find(wanted) ?? headers.get(wanted)?.toString();
  for (const value of values) {
    const { name, args } = readHook(value);
    await channel.core.runApi(name, await expand(channel.core, { find }, args));
  }
}

/** The call is over and what its record is made of is known. Never rejects. */
export const report = (channel: Channel): Promise<void> =>
  runApiHooks(channel, 'api_reporting_hook').catch((error: unknown) =>
    channel.core.log.warn('hook failed', { uuid: channel.uuid, error }),
  );

/** Watches a channel for the moments that its variables may name. */
export function watchHooks(channel: Channel): void {
  const failed = (error: unknown) => channel.core.log.warn('hook failed', { uuid: channel.uuid, error });
  const moments = { ring: 'ring', early: 'media', answer: 'answer' } as const;
  for (const [event, moment] of Object.entries(moments) as [keyof typeof moments, string][]) {
    channel.on(event, () => {
      runApplicationHook(channel, moment);
      runApiHooks(channel, `api_on_${moment}`).catch(failed);
    });
  }
  channel.once('hangup', () => {
    runApiHooks(channel, 'api_hangup_hook').catch(failed);
  });
}
