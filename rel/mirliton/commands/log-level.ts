// mirliton log level: more or less in the logs, of everything, one app or one call, for a while.
import { AppError } from '../../../core/errors/index.ts';
import { type LogLevel, logLevels } from '../../../core/log/index.ts';
import { logLevel } from '../../../core/messages/maintenance.ts';
import { patience } from '../cluster.ts';
import { command, one, text } from '../command.ts';
import { secondsOf } from '../durations.ts';
import { duration } from '../output.ts';

const hour = '1h';

export const logLevelCommand = command({
  name: 'log level',
  summary: 'logs more or less for a while: everything, one app, or one call',
  details:
    'LEVEL is error, warn, info, debug, or reset for what the settings say. It ends by itself after --for (default 1h; ' +
    '0 means until the process ends).',
  args: { level: one('error, warn, info, debug or reset') },
  options: {
    app: text('APP', 'only what this app logs'),
    node: text('NODE', 'only on this node or host'),
    call: text('ID', 'only what is logged of this call'),
    for: text('TIME', 'as 90s, 15m, 2h; default 1h'),
  },
  examples: ['mirliton log level debug --call 3f2a@10.0.0.7 --for 10m', 'mirliton log level reset'],
  run: async ({ args: { level }, options }, cli) => {
    if (level !== 'reset' && !isLevel(level))
      throw new AppError('invalid_data', {
        message: `LEVEL is ${logLevels.join(', ')} or reset, not ${level}`,
      });
    const seconds = secondsOf('for', options.for ?? hour);
    const bus = await cli.bus();
    const fields = {
      Level: level === 'reset' ? undefined : level,
      App: options.app,
      'For-Node': options.node,
      'Call-ID': options.call,
      Seconds: seconds,
    };
    const answers = await bus.collect(logLevel, fields, { timeout: patience });
    const nodes = answers.map(({ Node }) => Node ?? '?').sort();
    if (nodes.length === 0)
      throw new AppError('request_timeout', { message: 'no process that is meant has answered' });
    const until = level === 'reset' || seconds === 0 ? '' : ` for ${duration(seconds)}`;
    cli.done(`${level}${until} on ${nodes.join(', ')}`, { level, seconds, nodes });
  },
});

const isLevel = (word: string): word is LogLevel => (logLevels as readonly string[]).includes(word);
