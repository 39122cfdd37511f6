// mirliton stats: the metrics of every process, asked over the bus.
import { AppError } from '../../../core/errors/index.ts';
import { statsReq } from '../../../core/messages/maintenance.ts';
import { patience } from '../cluster.ts';
import { command, maybe } from '../command.ts';

export const statsCommand = command({
  name: 'stats',
  summary: 'the metrics of every process, those that begin with PREFIX',
  args: { prefix: maybe('e.g. ecallmgr_, bus_, couch_') },
  run: async ({ args: { prefix } }, cli) => {
    const answers = await (await cli.bus()).collect(statsReq, { Prefix: prefix }, { timeout: patience });
    if (answers.length === 0) throw new AppError('request_timeout', { message: 'no process has answered' });
    const rows = answers.flatMap(({ Node, Metrics }) =>
      Metrics.map(({ Name, Value, Labels, Help }) => ({
        node: Node ?? '?',
        name: Name,
        labels: Labels,
        value: Value,
        help: Help,
      })),
    );
    cli.table(rows, {
      node: ({ node }) => node,
      metric: ({ name, labels }) =>
        name +
        (Object.keys(labels).length > 0
          ? `{${Object.entries(labels)
              .map(([label, value]) => `${label}=${String(value)}`)
              .join(',')}}`
          : ''),
      value: ({ value }) => (Number.isInteger(value) ? value : value.toFixed(4)),
      what: ({ help }) => help,
    });
  },
});
