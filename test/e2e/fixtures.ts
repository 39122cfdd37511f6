// Phones, callees and sounds of one test file; what a test starts is ended after it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Line, TestAccount } from './account.ts';
import { Phone, type PhoneOptions } from './baresip.ts';
import { freePorts } from './ports.ts';
import { callee, type Sipp, type SippOptions, sipp } from './sipp.ts';
import { writeTone } from './sound.ts';

export interface Fixtures {
  /** A registered softphone. */
  phone(line: Line, options?: Partial<PhoneOptions>): Promise<Phone>;
  /** Registers the line with SIPp and starts a scenario where its calls arrive. */
  callee(line: Line, scenario: string, values?: SippOptions['values'], options?: SippOptions): Promise<Sipp>;
  /** A scenario that waits for a call at its own address, such as a carrier. */
  waiting(scenario: string, options: SippOptions): Promise<Sipp>;
}

/** Call it inside `describe`. */
export function fixtures(): Fixtures {
  const phones: Phone[] = [];
  const callees: Sipp[] = [];
  afterEach(async () => {
    await Promise.all([...phones.map((phone) => phone.stop()), ...callees.map((it) => it.stop())]);
    for (const phone of phones.splice(0)) phone.clean();
    callees.splice(0);
  });
  const waiting: Fixtures['waiting'] = async (scenario, options) => {
    const running = await callee(scenario, options);
    callees.push(running);
    return running;
  };
  return {
    waiting,
    phone: async (line, options = {}) => {
      const phone = await Phone.registered({ ...line, ...options });
      phones.push(phone);
      return phone;
    },
    callee: async (line, scenario, values = {}, options = {}) => {
      const [port] = (await freePorts(1)) as [number];
      await register(line, { port });
      return waiting(scenario, { ...options, values, port });
    },
  };
}

export interface RegisterOptions {
  readonly port?: number;
  readonly contact?: string;
  readonly expires?: number;
  readonly status?: number;
  readonly transport?: 'udp' | 'tcp';
}

/** One REGISTER with credentials by SIPp. Gives the messages; rejects when the answer is not `status` (200). */
export function register(line: Line, options: RegisterOptions = {}): Promise<string> {
  const { contact, expires = 300, status = 200, transport = 'udp', port } = options;
  const own = contact ?? `<sip:${line.username}@[local_ip]:[local_port];transport=[transport]>`;
  const { username: user, password, realm, proxy } = line;
  return sipp('register', {
    values: { user, password, realm, contact: own, expires, status },
    proxy,
    transport,
    ...(port === undefined ? {} : { port }),
  });
}

/** A call by SIPp from this line. */
export function call(
  line: Line,
  number: string,
  scenario = 'call',
  values: Readonly<Record<string, string | number>> = {},
  options: SippOptions = {},
): Promise<string> {
  const { username: user, password, realm, proxy } = line;
  return sipp(scenario, {
    proxy,
    ...options,
    values: { ms: 300, answered: 15_000, user, password, realm, number, ...values },
  });
}

/** Uploads a tone of this frequency (Hz) as media of the account. Returns the id. */
export async function uploadTone(account: TestAccount, frequency: number, seconds = 3): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tone-'));
  const file = join(folder, 'tone.wav');
  writeTone(file, frequency, seconds);
  const id = await account.create('media', { name: `tone ${frequency}`, streamable: true });
  const path = `media/${id}/raw`;
  const answer = await account.rest.send('POST', path, readFileSync(file), { 'content-type': 'audio/wav' });
  rmSync(folder, { recursive: true });
  if (answer.status !== 200)
    throw new Error(`upload answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return id;
}

/** Epoch ms at which SIPp sent or received the first message with this text. */
export function timeOf(messages: string, text: string): number {
  const before = messages.slice(0, messages.indexOf(text));
  const stamps = [...before.matchAll(/-{10,} (\d{4}-\d\d-\d\d)\s+(\d\d:\d\d:\d\d\.\d+)/g)];
  const [, date, time] = stamps.at(-1) ?? [];
  if (!messages.includes(text) || date === undefined) throw new Error(`no ${text} in\n${messages}`);
  return Date.parse(`${date}T${time?.slice(0, 12)}Z`);
}
