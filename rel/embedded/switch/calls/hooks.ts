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

/** What it names may be the headers of an event as well as variables. A global variable counts for every channel. */
async function runApiHook(channel: Channel, variable: string): Promise<void> {
  const value = channel.find(variable) ?? channel.core.globals.get(variable);
  if (!value) return;
  const { name, args } = readHook(value);
  const headers = new Map(channelHeaders(channel));
  const find = (wanted: string) => channel.find(wanted) ?? headers.get(wanted)?.toString();
  await channel.core.runApi(name, await expand(channel.core, { find }, args));
}

/** The call is over and what its record is made of is known. Never rejects. */
export const report = (channel: Channel): Promise<void> =>
  runApiHook(channel, 'api_reporting_hook').catch((error: unknown) =>
    channel.core.log.warn('hook failed', { uuid: channel.uuid, error }),
  );

/** Watches a channel for the moments that its variables may name. */
export function watchHooks(channel: Channel): void {
  const failed = (error: unknown) => channel.core.log.warn('hook failed', { uuid: channel.uuid, error });
  const moments = { ring: 'ring', early: 'media', answer: 'answer' } as const;
  for (const [event, moment] of Object.entries(moments) as [keyof typeof moments, string][]) {
    channel.on(event, () => {
      runApplicationHook(channel, moment);
      runApiHook(channel, `api_on_${moment}`).catch(failed);
    });
  }
  channel.once('hangup', () => {
    runApiHook(channel, 'api_hangup_hook').catch(failed);
  });
}
