// The commands of the inbound event socket: each takes a frame and gives the reply FreeSWITCH would give.

import { randomUUID } from 'node:crypto';
import type { EventBus } from './bus.ts';
import type { SwitchControl } from './contract.ts';
import type { EventFormat } from './event.ts';
import type { CommandFrame } from './frame.ts';
import type { Subscription } from './subscription.ts';

/** What a command may touch of its connection. */
export interface Connection {
  readonly control: SwitchControl;
  readonly bus: EventBus;
  readonly subscription: Subscription;
  format: EventFormat;
  logging: boolean;
  session: string | undefined;
  /** Ends the connection once the reply has been written. */
  close(): void;
}

/** `text` is the Reply-Text; `headers` stand beside it; `body` makes it an `api/response`. */
export interface Reply {
  text?: string;
  headers?: Record<string, string>;
  body?: string;
}

type Command = (connection: Connection, frame: CommandFrame, args: string) => Reply | Promise<Reply>;

const say = (text: string): Reply => ({ text });

const COMMANDS: Record<string, Command> = {
  exit(connection) {
    connection.close();
    return say('+OK bye');
  },

  event(connection, _frame, args) {
    const words = args.split(/\s+/).filter(Boolean);
    const format = words[0]?.toLowerCase();
    if (format === 'xml') return say('-ERR the embedded switch speaks plain and json only');
    if (format === 'plain' || format === 'json') {
      connection.format = format;
      words.shift();
    }
    if (!connection.subscription.add(words)) return say('-ERR no keywords supplied');
    return say(`+OK event listener enabled ${connection.format}`);
  },

  nixevent(connection, _frame, args) {
    const known = connection.subscription.remove(args.split(/\s+/).filter(Boolean));
    return say(known ? '+OK events nixed' : '-ERR no keywords supplied');
  },

  noevents(connection) {
    if (!connection.subscription.active) return say('-ERR not listening for events');
    connection.subscription.clear();
    return say('+OK no longer listening for events');
  },

  filter(connection, _frame, args) {
    const [, verb, rest] = /^(?:(add|delete)\s+)?(.*)$/i.exec(args) ?? [];
    const [, header = '', value] = /^(\S+)(?:\s+(.*))?$/.exec(rest ?? '') ?? [];
    if (verb?.toLowerCase() === 'delete') {
      connection.subscription.deleteFilter(header, value);
      return say(`+OK filter deleted. [${header}][${value ?? ''}]`);
    }
    if (!header || !value) return say('-ERR invalid syntax');
    connection.subscription.addFilter(header, value);
    return say(`+OK filter added. [${header}]=[${value}]`);
  },

  myevents(connection, _frame, args) {
    const [uuid, format] = args.split(/\s+/);
    if (!uuid) return say('-ERR command not found');
    if (connection.session !== undefined) return say('-ERR aready enabled.');
    if (format === 'json' || format === 'plain') connection.format = format;
    connection.session = uuid;
    connection.subscription.onlySession(uuid);
    return say('+OK Events Enabled');
  },

  async api(connection, _frame, args) {
    return { body: (await runApi(connection, args)) || '-ERR no reply\n' };
  },

  bgapi(connection, frame, args) {
    const job = frame.headers.get('job-uuid') ?? randomUUID();
    const [, command = '', commandArgs = ''] = /^(\S*)\s?(.*)$/s.exec(args) ?? [];
    // The job starts after its reply has been queued, so that the event never comes before the job is known.
    setImmediate(() => void runJob(connection, job, command, commandArgs));
    return { text: `+OK Job-UUID: ${job}`, headers: { 'Job-UUID': job } };
  },

  sendmsg(connection, frame, args) {
    const uuid = args || frame.headers.get('session-id') || connection.session || '';
    return say(connection.control.sendMessage(uuid, frame) ?? `-ERR invalid session id [${uuid}]`);
  },

  async sendevent(connection, frame, args) {
    const name = args.toUpperCase() || 'CUSTOM';
    const id = randomUUID();
    const fields = [...frame.headers].filter(([key]) => key !== 'content-length');
    const cased = fields.map(([key, value]) => [titleCase(key), value] as const);
    connection.bus.publish(name, [...cased, ['Event-UUID', id]], frame.body);
    connection.control.takeEvent(name, frame);
    return say(`+OK ${id}`);
  },

  log(connection, _frame, args) {
    connection.logging = true;
    return say(`+OK log level ${args} [7]`);
  },

  nolog(connection) {
    const was = connection.logging;
    connection.logging = false;
    return say(was ? '+OK no longer logging' : '-ERR not loging');
  },

  linger: ({ session }) => say(session ? '+OK will linger' : '-ERR not controlling a session'),
  nolinger: ({ session }) => say(session ? '+OK will not linger' : '-ERR not controlling a session'),
  divert_events: () => say('-ERR not controlling a session.'),
};

/** Runs the command of an authenticated client; an unknown one is answered, not punished. */
export async function runCommand(connection: Connection, frame: CommandFrame): Promise<Reply> {
  const [, name = '', args = ''] = /^(\S+)\s*(.*)$/s.exec(frame.command) ?? [];
  const command = Object.hasOwn(COMMANDS, name.toLowerCase()) ? COMMANDS[name.toLowerCase()] : undefined;
  return command ? command(connection, frame, args.trim()) : say('-ERR command not found');
}

async function runApi({ control }: Connection, text: string): Promise<string> {
  const [, name = '', args = ''] = /^(\S*)\s?(.*)$/s.exec(text) ?? [];
  return (await control.api(name, args)) ?? `-ERR ${name} Command not found!\n`;
}

async function runJob(connection: Connection, job: string, command: string, args: string): Promise<void> {
  const body = await runApi(connection, `${command} ${args}`);
  const fields: [string, string][] = [
    ['Job-UUID', job],
    ['Job-Command', command],
  ];
  if (args) fields.push(['Job-Command-Arg', args]);
  connection.bus.publish('BACKGROUND_JOB', fields, body);
}

/** Frame headers are kept in lower case; events spell them `Like-This`, variables as they are. */
function titleCase(name: string): string {
  return name.startsWith('variable_') ? name : name.replace(/(^|-)([a-z])/g, (part) => part.toUpperCase());
}
