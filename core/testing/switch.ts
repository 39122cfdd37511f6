// A switch side for unit tests of apps that control calls: it routes calls to them and completes their commands.
import { randomBytes } from 'node:crypto';
import type { Bus } from '../amqp/index.ts';
import type { AnyMessage, MessageFields, MessageOf } from '../contract/index.ts';
import { type CallEventName, callEvent, usurpControl } from '../messages/call.ts';
import { resume } from '../messages/callflow.ts';
import { commands, dialplanError } from '../messages/dialplan.ts';
import { routeReq, type routeResp, routeWin } from '../messages/route.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into commands of any name
export type Command = Record<string, any>;
type EventFields = Omit<MessageFields<typeof callEvent>, 'Call-ID' | 'Event-Name'>;

/** What a command leads to: fields of its completion, a refusal, or nothing at all (the test completes it itself). */
export type Script = (
  command: Command,
) => EventFields | 'refuse' | 'wait' | Promise<EventFields | 'refuse' | 'wait'>;

/** One call on the fake switch. */
export interface FakeCall {
  readonly callId: string;
  readonly controlQueue: string;
  /** The commands so far, oldest first, without the checkpoints. */
  readonly commands: Command[];
  /** The checkpoints so far, oldest first. */
  readonly checkpoints: Command[];
  /** The names of the commands so far. */
  names(): string[];
  /** What to do with commands of this name from now on; the default completes them at once. */
  on(name: string, script: Script): void;
  /** Resolves with the next command of this name, or one that came already and was not taken. */
  next(name: string): Promise<Command>;
  event(name: CallEventName, fields?: EventFields): Promise<void>;
  complete(command: Command, fields?: EventFields): Promise<void>;
  digits(digits: string): Promise<void>;
  hangup(cause?: string): Promise<void>;
  /** The call goes to another controller, from the last checkpoint, as ecallmgr does when the one it has is dead. */
  resume(fetchId?: string): Promise<void>;
}

export interface RouteOptions {
  readonly accountId: string;
  readonly number: string;
  readonly realm?: string;
  readonly vars?: Record<string, unknown>;
  readonly from?: string;
  readonly callId?: string;
  /** Called before the controller can send its first command. */
  readonly prepare?: (call: FakeCall) => void;
}

export interface FakeSwitch {
  /** Asks for a route. `undefined` when nobody takes the call within `patience` milliseconds (default 5000). */
  route(options: RouteOptions, patience?: number): Promise<FakeCall | undefined>;
  readonly answers: MessageOf<typeof routeResp>[];
}

/** A switch side on a bus of its own; give it a peer of the bus under test. */
export function fakeSwitch(bus: Bus): FakeSwitch {
  const answers: MessageOf<typeof routeResp>[] = [];
  return {
    answers,
    route: async (options, patience = 5000) => {
      const callId = options.callId ?? `call-${randomBytes(4).toString('hex')}`;
      const vars = { 'Account-ID': options.accountId, 'Authorizing-Type': 'device', ...options.vars };
      const realm = options.realm ?? 'test.example.org';
      const address = `${options.number}@${realm}`;
      const request = {
        'Call-ID': callId,
        From: options.from ?? `1000@${realm}`,
        To: address,
        Request: address,
      };
      const ids = { 'Caller-ID-Name': 'Caller', 'Caller-ID-Number': '1000', 'Call-Direction': 'inbound' };
      const fields = { ...request, ...ids, 'Custom-Channel-Vars': vars, 'Resource-Type': 'audio' as const };
      const answer = await bus
        .request(routeReq, fields, { timeout: patience, messageId: `fetch-${callId}` })
        .catch(() => undefined);
      if (!answer) return undefined;
      answers.push(answer);
      if (answer.Method !== 'park') return undefined;
      const call = await openCall(bus, callId);
      options.prepare?.(call);
      const win = {
        'Call-ID': callId,
        'Control-Queue': call.controlQueue,
        'Custom-Channel-Vars': { ...vars, 'Fetch-ID': `fetch-${callId}` },
      };
      await bus.send(answer['Server-ID'] ?? '', routeWin, win);
      return call;
    },
  };
}

async function openCall(bus: Bus, callId: string): Promise<FakeCall> {
  const scripts = new Map<string, Script>();
  const seen: Command[] = [];
  const untaken: Command[] = [];
  const waiting = new Map<string, (command: Command) => void>();
  // What runs, by Msg-ID, and how what is over has ended: a command that comes again is not run again.
  const running = new Map<string, Command>();
  const completed = new Map<string, EventFields>();
  let behind: Command[] = [];
  const tell = (name: CallEventName, fields: EventFields = {}, messageId?: string): Promise<void> =>
    bus.publish(
      callEvent,
      { ...fields, 'Call-ID': callId, 'Event-Name': name },
      messageId === undefined ? {} : { messageId },
    );
  const complete = async (command: Command, fields: EventFields = {}): Promise<void> => {
    const id = String(command['Msg-ID']);
    running.delete(id);
    completed.set(id, fields);
    await tell(
      'CHANNEL_EXECUTE_COMPLETE',
      { 'Application-Name': command['Application-Name'], ...fields },
      id,
    );
    if (running.size > 0) return;
    const freed = behind;
    behind = [];
    for (const noop of freed) await complete(noop);
  };
  const contracts: AnyMessage[] = Object.values(commands);
  const checkpoints: Command[] = [];
  const take = async (command: Command): Promise<void> => {
    if (command['Application-Name'] === 'checkpoint') {
      checkpoints.push(command);
      return;
    }
    const id = String(command['Msg-ID']);
    const before = completed.get(id);
    if (before) await complete(command, before);
    if (before || running.has(id)) return;
    seen.push(command);
    const name = String(command['Application-Name']);
    const wanted = waiting.get(name);
    waiting.delete(name);
    if (wanted) wanted(command);
    else untaken.push(command);
    const result = await (scripts.get(name) ?? (() => ({})))(command);
    if (result === 'wait') {
      // The test may have completed it meanwhile.
      if (!completed.has(id)) running.set(id, command);
      return;
    }
    if (name === 'noop' && command['Insert-At'] === 'flush') {
      for (const [key, it] of running) if (it['Application-Name'] !== 'bridge') running.delete(key);
    } else if (name === 'noop' && running.size > 0) {
      behind.push(command);
      return;
    }
    if (result === 'refuse')
      await bus.publish(dialplanError, {
        'Call-ID': callId,
        'Error-Message': `refused ${name}`,
        Request: command,
      });
    else await complete(command, result);
    if (name === 'hangup')
      await tell('CHANNEL_DESTROY', { 'Hangup-Cause': command['Hangup-Cause'] ?? 'NORMAL_CLEARING' });
  };
  const control = await bus.consume({ bindings: [], contracts }, ({ message }) =>
    take(message as unknown as Command),
  );
  await control.bind({ exchange: 'callctl', key: control.queue });
  return {
    callId,
    controlQueue: control.queue,
    commands: seen,
    checkpoints,
    names: () => seen.map((command) => String(command['Application-Name'])),
    on: (name, script) => void scripts.set(name, script),
    next: (name) => {
      const index = untaken.findIndex((command) => command['Application-Name'] === name);
      const found = untaken.splice(index, index < 0 ? 0 : 1)[0];
      return found ? Promise.resolve(found) : new Promise((resolve) => waiting.set(name, resolve));
    },
    event: tell,
    complete,
    digits: async (digits) => {
      for (const digit of digits) await tell('DTMF', { 'DTMF-Digit': digit });
    },
    resume: (fetchId = randomBytes(8).toString('hex')) => resumeFrom(bus, checkpoints.at(-1), fetchId),
    hangup: (cause = 'ORIGINATOR_CANCEL') => tell('CHANNEL_DESTROY', { 'Hangup-Cause': cause }),
  };
}

async function resumeFrom(bus: Bus, checkpoint: Command | undefined, fetchId: string): Promise<void> {
  const last = checkpoint?.['Resume'];
  if (!last) throw new Error('there is no checkpoint to resume from');
  await bus.publish(usurpControl, { 'Call-ID': last.Call['Call-ID'], 'Fetch-ID': fetchId });
  const vars = { ...last.Call['Custom-Channel-Vars'], 'Fetch-ID': fetchId };
  await bus.publish(resume, { ...last, Call: { ...last.Call, 'Custom-Channel-Vars': vars } });
}
