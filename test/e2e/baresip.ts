// A real softphone for tests: baresip, steered over its TCP control port, sending a tone and recording what it hears.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from './eventually.ts';
import { freePorts } from './ports.ts';
import { GrowingSound, heardLately, loudSeconds, writeTone } from './sound.ts';

export interface PhoneOptions {
  readonly username: string;
  readonly password: string;
  readonly realm: string;
  /** `host:port`. */
  readonly proxy: string;
  readonly transport?: 'udp' | 'tcp';
  readonly answer?: 'auto' | 'manual';
  /** Frequency (Hz) that it sends while in a call; default 440. */
  readonly tone?: number;
  readonly codec?: 'PCMU' | 'PCMA';
  /** Seconds of a registration; 0 does not register. Default 3600. */
  readonly expires?: number;
  /** `host:port` where it takes calls over UDP and TCP; default any free port of 127.0.0.1. */
  readonly listen?: string;
}

/** One event of baresip: `REGISTER_OK`, `CALL_INCOMING`, `CALL_ESTABLISHED`, `CALL_CLOSED`, … */
export interface PhoneEvent {
  readonly type: string;
  readonly param?: string;
  readonly peeruri?: string;
}

/** Milliseconds: all that was heard so far is looked at each time. */
const listenEvery = 250;

export class Phone extends EventEmitter {
  readonly events: PhoneEvent[] = [];
  readonly #folder: string;
  readonly #child: ChildProcess;
  #socket: Socket | undefined;
  #taken = 0;
  readonly #sounds = new Map<string, GrowingSound>();

  private constructor(folder: string, child: ChildProcess) {
    super();
    this.#folder = folder;
    this.#child = child;
  }

  /** Starts baresip. Resolves when it can be steered; registration shows as an event. */
  static async start(options: PhoneOptions): Promise<Phone> {
    const folder = mkdtempSync(join(tmpdir(), 'phone-'));
    const [control] = (await freePorts(1)) as [number];
    writeConfig(folder, control, options);
    const child = spawn('baresip', ['-4', '-f', folder], { stdio: ['ignore', 'ignore', 'ignore'] });
    const phone = new Phone(folder, child);
    await phone.#connect(control);
    // Only now: what happened before the connection would go unheard.
    phone.#send('uanew', accountOf(options));
    return phone;
  }

  /** Starts baresip and waits until it is registered. */
  static async registered(options: PhoneOptions): Promise<Phone> {
    const phone = await Phone.start(options);
    const event = await phone.event('REGISTER_OK', 'REGISTER_FAIL');
    if (event.type === 'REGISTER_OK') return phone;
    await phone.stop();
    throw new Error(`${options.username} could not register: ${event.param}`);
  }

  /** The next event of one of these types that was not taken before. Rejects after 15 s with what came instead. */
  async event(...types: string[]): Promise<PhoneEvent> {
    const deadline = AbortSignal.timeout(15_000);
    for (;;) {
      const index = this.events.findIndex(({ type }, at) => at >= this.#taken && types.includes(type));
      const found = this.events[index];
      if (found) {
        this.#taken = index + 1;
        return found;
      }
      await once(this, 'event', { signal: deadline }).catch(() => {
        throw new Error(
          `no ${types.join(' or ')} within 15 s; came: ${this.events.map(({ type, param }) => `${type} ${param ?? ''}`).join(', ')}`,
        );
      });
    }
  }

  dial(number: string): void {
    this.#send('dial', number);
  }

  accept(): void {
    this.#send('accept');
  }

  hangup(): void {
    this.#send('hangup');
  }

  /** Sends digits by RFC 4733. */
  digits(digits: string): void {
    this.#send('sndcode', digits);
  }

  hold(): void {
    this.#send('hold');
  }

  resume(): void {
    this.#send('resume');
  }

  /** True when its last call is over. */
  get closed(): boolean {
    return this.events.findLast(({ type }) => type.startsWith('CALL_'))?.type === 'CALL_CLOSED';
  }

  /** What it has heard so far: a WAV for each time that its audio began, the newest last. */
  get recordings(): string[] {
    const files = readdirSync(this.#folder).filter((file) => file.endsWith('-dec.wav'));
    return files.sort().map((file) => join(this.#folder, file));
  }

  /** Milliseconds for which it has heard this frequency (Hz). */
  heard(frequency: number): number {
    return this.recordings.reduce((sum, file) => {
      const sound = this.#sounds.get(file) ?? new GrowingSound(file);
      this.#sounds.set(file, sound);
      return sum + sound.heard(frequency);
    }, 0);
  }

  /** Resolves when it has heard this frequency (Hz) for so long. */
  async hears(frequency: number, milliseconds = 600, seconds = 15): Promise<void> {
    await eventually(
      () => {
        const ms = this.heard(frequency);
        if (ms < milliseconds) throw new Error(`heard ${frequency} Hz for ${ms} of ${milliseconds} ms`);
      },
      seconds,
      listenEvery,
    );
  }

  /** Resolves when the last half second that was recorded has none of this frequency (Hz). */
  async hearsNo(frequency: number): Promise<void> {
    await eventually(() => {
      const ms = heardLately(this.recordings.at(-1) ?? '', frequency, 0.5);
      if (ms > 0) throw new Error(`still hears ${frequency} Hz: ${ms} of the last 500 ms`);
    }, 15);
  }

  /** Resolves when it has heard something louder than silence for so many seconds. */
  async hearsSound(seconds: number): Promise<void> {
    await eventually(() => {
      const loud = this.recordings.reduce((sum, file) => sum + loudSeconds(file), 0);
      if (loud < seconds) throw new Error(`heard ${loud} of ${seconds} s of sound`);
    }, 15);
  }

  /** Ends baresip without its saying goodbye: the call and the registration stay behind. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#socket?.destroy();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill(signal);
      await gone;
    }
  }

  /** Removes its files. Call it when the recording has been looked at. */
  clean(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #connect(port: number): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const socket = createConnection(port, '127.0.0.1');
      try {
        await once(socket, 'connect');
        this.#socket = socket;
        break;
      } catch (error) {
        // The program opens its port a moment after it starts and says so nowhere.
        if (tries > 100 || this.#child.exitCode !== null) throw error;
        await pause(50);
      }
    }
    let buffer: Buffer = Buffer.alloc(0);
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      buffer = this.#read(buffer);
    });
  }

  // Netstrings: `<length>:<json>,`.
  #read(buffer: Buffer): Buffer {
    let rest = buffer;
    for (;;) {
      const colon = rest.indexOf(':');
      if (colon < 0) return rest;
      const length = Number(rest.subarray(0, colon).toString());
      if (rest.length < colon + 1 + length + 1) return rest;
      const json = JSON.parse(rest.subarray(colon + 1, colon + 1 + length).toString()) as PhoneEvent & {
        event?: boolean;
      };
      rest = rest.subarray(colon + 1 + length + 1);
      if (json.event) {
        this.events.push(json);
        this.emit('event', json);
      }
    }
  }

  #send(command: string, params?: string): void {
    const body = JSON.stringify({ command, ...(params === undefined ? {} : { params }) });
    this.#socket?.write(`${Buffer.byteLength(body)}:${body},`);
  }
}

function writeConfig(
  folder: string,
  control: number,
  { tone = 440, listen = '127.0.0.1:0' }: PhoneOptions,
): void {
  mkdirSync(folder, { recursive: true });
  // Longer than any call: nothing begins it anew.
  writeTone(join(folder, 'tone.wav'), tone, 240);
  const modules = ['g711', 'aufile', 'aubridge', 'sndfile', 'ctrl_tcp'].map((name) => `module ${name}.so`);
  const lines = [
    'poll_method epoll',
    `sip_listen ${listen}`,
    'audio_player aubridge,nobody',
    `audio_source aufile,${folder}/tone.wav`,
    'audio_alert aubridge,nobody',
    `snd_path ${folder}`,
    ...['ausrc_srate', 'auplay_srate'].map((key) => `${key} 8000`),
    ...['ausrc_channels', 'auplay_channels'].map((key) => `${key} 1`),
    'rtp_ports 30000-39999',
    'module_path /usr/lib/baresip/modules',
    ...modules,
    'module_app menu.so',
    'module_app account.so',
    `ctrl_tcp_listen 127.0.0.1:${control}`,
  ];
  writeFileSync(join(folder, 'config'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'accounts'), '');
}

function accountOf(options: PhoneOptions): string {
  const { username, password, realm, proxy, transport = 'udp', answer = 'auto', codec = 'PCMU' } = options;
  return [
    `<sip:${username}@${realm};transport=${transport}>`,
    `auth_user=${username}`,
    `auth_pass=${password}`,
    `outbound="sip:${proxy};transport=${transport}"`,
    `regint=${options.expires ?? 3600}`,
    `answermode=${answer}`,
    `audio_codecs=${codec}/8000/1`,
  ].join(';');
}
