// mirliton caches flush: every process reads documents and answers anew.
import { AppError } from '../../../core/errors/index.ts';
import { flushCaches } from '../../../core/messages/maintenance.ts';
import { patience } from '../cluster.ts';
import { command, text } from '../command.ts';

export const cachesFlushCommand = command({
  name: 'caches flush',
  summary: 'makes every process forget what it read from the database',
  details:
    'Needed when documents were changed behind the back of the cluster. Registrations stay (mirliton registrations --flush).',
  options: { app: text('APP', 'only processes with this app') },
  run: async ({ options: { app } }, cli) => {
    const answers = await (await cli.bus()).collect(flushCaches, { App: app }, { timeout: patience });
    if (answers.length === 0) throw new AppError('request_timeout', { message: 'no process has answered' });
    const nodes = answers.map(({ Node }) => Node ?? '?').sort();
    cli.done(`flushed on ${nodes.join(', ')}`, { nodes });
  },
});
