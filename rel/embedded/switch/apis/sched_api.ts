// `sched_api [+]SECONDS GROUP COMMAND ARGS`: runs an API command once, later.

import { randomUUID } from 'node:crypto';
import type { Api } from '../calls/contract.ts';
import { MAX_TIMER_MS } from '../calls/waits.ts';

export const schedApi: Api = (core, args) => {
  const [, plus, when = '0', , command] = /^\s*(\+?)(\d+)\s+(\S+)\s+(.+)$/s.exec(args) ?? [];
  if (!command) return '-ERR Invalid syntax. USAGE: [+@]<time> <group_name> <command_string>[&]\n';
  const ms = plus ? Number(when) * 1000 : Number(when) * 1000 - Date.now();
  const timer = setTimeout(
    () => {
      core.timers.delete(timer);
      core
        .runApi('expand', command)
        .catch((error: unknown) => core.log.warn('scheduled command failed', { command, error }));
    },
    Math.min(Math.max(ms, 0), MAX_TIMER_MS),
  );
  core.timers.add(timer);
  return `+OK Added: ${randomUUID()}\n`;
};
