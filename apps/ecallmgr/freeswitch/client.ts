// The event socket of one switch for as long as we run: connects, subscribes, watches the connection, comes back after a loss.
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, errorText } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import { type CommandHeaders, type Connection, openConnection, type SwitchAddress } from './connection.ts';
import type { SwitchEvent } from './event.ts';
import { createIntake, type Intake } from './intake.ts';
import { variableName, variableSequence } from './quoting.ts';

/** What is asked for: as little as calls need. Everything after CUSTOM is read as subclasses. */
export const subscribed = [
  'BACKGROUND_JOB HEARTBEAT',
  'CHANNEL_CREATE CHANNEL_PARK CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE',
  'CHANNEL_EXECUTE_COMPLETE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_DESTROY CALL_UPDATE CALL_SECURE',
  'DTMF DETECTED_TONE RECORD_START RECORD_STOP',
  'CUSTOM sofia::transferor sofia::transferee sofia::replaced sofia::intercepted loopback::bowout conference::maintenance mirliton::sent_on',
  'spandsp::rxfaxnegociateresult spandsp::rxfaxpageresult spandsp::rxfaxresult spandsp::txfaxnegociateresult spandsp::txfaxpageresult spandsp::txfaxresult',
].join(' ');

export interface ClientOptions extends SwitchAddress {
  readonly log: Logger;
  /** Handles one event; an exception is logged and costs that event only. */
  readonly onEvent: (event: SwitchEvent) => void;
  /** While it says no, events wait until `resume`. */
  readonly mayHandle?: () => boolean;
  /** Told after each (re)connect, and when events were lost: what is known must be compared with the switch. */
  readonly onUp: () => Promise<void>;
  readonly onDown: (reason: AppError) => void;
  readonly count: (what: 'reconnect' | 'dropped_event' | 'bad_frame' | 'command' | 'failed_command') => void;
  /** Milliseconds before the first new attempt; it doubles up to 30 times that, each time by chance halved at most. */
  readonly retryDelay?: number;
}

// While calls move, the listener of the switch is woken every 5 ms, else it sleeps up to 20: at one call a second INVITE
// to 180 took 20 ms instead of 40 at the median. Who has just spoken, or was spoken to, is awake anyway.
const wakeEvery = 5;
const awakeFor = 5_000;
const heartbeatEvery = 10_000;
const silenceLimit = 45_000;
const apiTimeout = 5_000;
/** FreeSWITCH reads a command character by character, at 2 ms for 1,000, but its body at once. */
const longArgument = 100;
/** Applications whose end nobody waits for: each would be told in 6 to 15 kB. */
const untold = ['multiset', 'park'];

/** What a switch does at once, without waiting for a channel, a peer or a disk. */
const instant = /^(hash|uuid_setvar_multi|uuid_break|global_getvar|global_setvar) /;

/** One switch. Commands reject with `switch_unreachable` while it is away. */
export class SwitchClient {
  readonly #options: ClientOptions;
  readonly #intake: Intake<SwitchEvent>;
  readonly #stopping = new AbortController();
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  #stirred = 0;
  #waking: NodeJS.Timeout | undefined;
  #failure = new AppError('switch_unreachable', { message: 'the switch was not connected yet' });

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#intake = createIntake({
      ...(options.mayHandle ? { mayHandle: options.mayHandle } : {}),
      handle: (event) => this.#handle(event),
      onDrop: () => options.count('dropped_event'),
      onRecovered: () => this.#up(),
    });
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** Why the switch is away. */
  get failure(): string {
    return this.#failure.message;
  }

  get waiting(): number {
    return this.#intake.waiting;
  }

  /** Events may be handled again. */
  resume(): void {
    this.#intake.resume();
  }

  /** Begins to connect, and goes on until `stop`. */
  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#waking);
    this.#connection?.close('this process is stopping');
    this.#intake.stop();
    await this.#running;
  }

  /** Runs an API command and returns its result without `+OK`. `timeout` in ms, of one that may take its time. */
  async api(command: string, timeout = apiTimeout): Promise<string> {
    return this.#counted(async (connection) =>
      instant.test(command) ? connection.instant(command) : connection.job(command, timeout),
    );
  }

  /** Queues an application on a channel; its end is the CHANNEL_EXECUTE_COMPLETE whose Application-UUID is `id`. */
  async execute(callId: string, application: string, argument: string, id: string): Promise<void> {
    // With the lock, what is queued next would wait until the two legs part, playing into the bridge too.
    const lock = application === 'bridge' ? undefined : 'true';
    const inBody = argument.length > longArgument;
    const headers = {
      'call-command': 'execute',
      'execute-app-name': application,
      'execute-app-arg': inBody || argument === '' ? undefined : argument,
      'event-uuid': id,
      // Without it a second application starts inside the first.
      'event-lock': lock,
      'content-type': inBody ? 'text/plain' : undefined,
    };
    await this.#counted((connection) =>
      connection.command(`sendmsg ${uuid(callId)}`, headers, inBody ? argument : undefined),
    );
  }

  /** Sets variables of a channel, and unsets others, in one go; nothing to do costs nothing. */
  async setVariables(
    callId: string,
    variables: Readonly<Record<string, unknown>>,
    unset: readonly string[] = [],
  ): Promise<void> {
    const list = [variableSequence(variables), ...unset.map((name) => `${variableName(name)}=`)];
    const given = list.filter((part) => part !== '').join(';');
    if (given !== '') await this.api(`uuid_setvar_multi ${uuid(callId)} ${given}`);
  }

  async sendEvent(name: string, headers: CommandHeaders, body?: string): Promise<void> {
    await this.#counted((connection) => connection.command(`sendevent ${name}`, headers, body));
  }

  /** Something moves: for a while the switch is kept from sleeping over its events. */
  #stir(): void {
    this.#stirred = performance.now();
    this.#waking ??= setInterval(() => {
      if (performance.now() - this.#stirred < awakeFor) return this.#connection?.wake(wakeEvery);
      clearInterval(this.#waking);
      this.#waking = undefined;
    }, wakeEvery);
  }

  async #counted<T>(run: (connection: Connection) => Promise<T>): Promise<T> {
    const { count } = this.#options;
    count('command');
    try {
      if (!this.#connection) throw this.#failure;
      return await run(this.#connection);
    } catch (error) {
      count('failed_command');
      throw error;
    }
  }

  async #run(): Promise<void> {
    const { retryDelay = 500, log, host, port } = this.#options;
    const { signal } = this.#stopping;
    let attempt = 0;
    while (!signal.aborted) {
      const lost = await this.#connectOnce(() => {
        attempt = 0;
      });
      if (signal.aborted) return;
      const longest = retryDelay * Math.min(2 ** attempt, 30);
      if (attempt === 0) log.warn('the switch is away', { host, port, reason: lost.message });
      attempt += 1;
      this.#options.count('reconnect');
      // Chance keeps several processes from knocking at the same moment.
      await wait(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Holds one connection until it is lost; resolves with the reason. */
  #connectOnce(onUp: () => void): Promise<AppError> {
    return new Promise((resolve) => {
      const lost = (reason: AppError): void => {
        clearInterval(pulse);
        this.#failure = reason;
        const wasUp = this.#connection !== undefined;
        this.#connection = undefined;
        if (wasUp && !this.#stopping.signal.aborted) this.#options.onDown(reason);
        resolve(reason);
      };
      let pulse: NodeJS.Timeout | undefined;
      const opening = openConnection(this.#options, {
        onEvent: (event) => {
          if (event['Event-Name'] !== 'HEARTBEAT') this.#stir();
          this.#intake.push(event);
        },
        onBadFrame: (reason) => {
          this.#options.count('bad_frame');
          this.#options.log.warn('a frame of the switch was dropped', { reason });
        },
        onClose: lost,
      });
      opening
        .then(async (connection) => {
          await leaveOut(connection);
          await connection.command(`event json ${subscribed}`);
          this.#connection = connection;
          pulse = setInterval(() => beat(connection), heartbeatEvery);
          onUp();
          this.#up();
        })
        // The reason was told by onClose.
        .catch((error: unknown) => this.#options.log.debug('no connection', { error: errorText(error) }));
    });
  }

  #up(): void {
    this.#options
      .onUp()
      .catch((error: unknown) =>
        this.#options.log.error('the state of the switch could not be read', { error }),
      );
  }

  #handle(event: SwitchEvent): void {
    try {
      this.#options.onEvent(event);
    } catch (error) {
      this.#options.log.error('an event could not be handled', {
        event: event['Event-Name'],
        callId: event['Unique-ID'],
        error,
      });
    }
  }
}

/** Has the switch tell all events but the ends of what nobody waits for. A filter lets through only what one of them asks for. */
async function leaveOut(connection: Connection): Promise<void> {
  await connection.command('filter Event-Name /./');
  for (const application of untold) await connection.command(`filter Application -${application}`);
}

/** Both ways: we ask something small, and the switch must have said something. */
function beat(connection: Connection): void {
  if (connection.silence() > silenceLimit) {
    connection.close('nothing was heard from it for 45 s');
    return;
  }
  connection.job('uptime', heartbeatEvery).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'command_timeout')
      connection.close('it does not run commands any more');
  });
}

/** A channel id as one word of a command. Throws `invalid_data`: a Call-ID is chosen by strangers. */
export function uuid(callId: string): string {
  if (/^[!-~]{1,256}$/.test(callId)) return callId;
  throw new AppError('invalid_data', {
    message: `${JSON.stringify(callId.slice(0, 80))} cannot be a Call-ID`,
  });
}
