// Calls that are live while something dies: each is begun, proven to have outlived it, and ended.
import { node, type TestAccount } from '../e2e/account.ts';
import { Phone } from '../e2e/baresip.ts';
import { uploadTone } from '../e2e/fixtures.ts';

/** A live call. */
export interface LiveCall {
  readonly name: string;
  /** How many CDRs it leaves. */
  readonly legs: number;
  /** Resolves with a word for the table when the call has gone on as it should; rejects when it has not. */
  outlives(): Promise<string>;
  end(): Promise<void>;
}

/** What frequencies (Hz) say in these calls. */
const tone = { a: 440, b: 620, greeting: 1200, chosen: 1500, long: 700, next: 900 };
/** A long play, in seconds: it lasts over every loss and its repair. */
const long = 10;

/** The documents that the calls of one case need, made before anything is broken. */
export async function prepare(account: TestAccount) {
  const [greeting, chosen, longMedia, next] = await Promise.all([
    uploadTone(account, tone.greeting, 1),
    uploadTone(account, tone.chosen, 20),
    uploadTone(account, tone.long, long),
    uploadTone(account, tone.next, 20),
  ]);
  const menu = await account.create('menus', {
    name: 'Menu',
    media: { greeting },
    timeout: 20_000,
    retries: 9,
    max_extension_length: 1,
  });
  await Promise.all([
    account.callflow('300', node('menu', { id: menu }, { 1: node('play', { id: chosen }) })),
    account.callflow('301', node('play', { id: longMedia }, { _: node('play', { id: next }) })),
  ]);
  const lines = await Promise.all([1, 2, 3, 4].map(() => account.device()));
  return { account, lines, answering: await account.extension('302'), late: await account.extension('303') };
}

export type Prepared = Awaited<ReturnType<typeof prepare>>;

/** Begins one call of each kind, side by side. */
export async function beginCalls({ lines, answering, late }: Prepared): Promise<LiveCall[]> {
  const phones: Phone[] = [];
  const phone = async (line: (typeof lines)[number] | undefined, options: object = {}): Promise<Phone> => {
    if (!line) throw new Error('there are fewer lines than calls');
    const registered = await Phone.registered({ ...line, ...options });
    phones.push(registered);
    return registered;
  };
  try {
    return await Promise.all([
      Promise.all([phone(lines[0], { tone: tone.a }), phone(answering, { tone: tone.b })]).then(bridged),
      phone(lines[1]).then(inMenu),
      phone(lines[2]).then(inPlay),
      Promise.all([phone(lines[3], { tone: tone.a }), phone(late, { tone: tone.b, answer: 'manual' })]).then(
        ringing,
      ),
    ]);
  } catch (error) {
    await Promise.all(phones.map(put));
    throw error;
  }
}

async function bridged([a, b]: readonly [Phone, Phone]): Promise<LiveCall> {
  a.dial('302');
  await Promise.all([a.event('CALL_ESTABLISHED'), b.event('CALL_ESTABLISHED')]);
  await bothHear(a, b);
  return {
    name: 'bridged',
    legs: 2,
    outlives: () => bothHear(a, b),
    end: () => endCall(a, b),
  };
}

async function inMenu(a: Phone): Promise<LiveCall> {
  a.dial('300');
  await a.event('CALL_ESTABLISHED');
  await a.hears(tone.greeting, 800);
  return {
    name: 'menu',
    legs: 1,
    outlives: async () => {
      // Who hears nothing presses again; a digit that fell into the gap is lost, as on any line.
      for (let presses = 1; ; presses += 1) {
        a.digits('1');
        const found = await a.hears(tone.chosen, 600, 3).then(
          () => true,
          (error: unknown) => {
            if (presses === 5) throw error;
            return false;
          },
        );
        if (found) return presses === 1 ? 'went on' : `went on at press ${presses}`;
      }
    },
    end: () => endCall(a),
  };
}

async function inPlay(a: Phone): Promise<LiveCall> {
  a.dial('301');
  await a.event('CALL_ESTABLISHED');
  await a.hears(tone.long, 600);
  return {
    name: 'play',
    legs: 1,
    outlives: async () => {
      await a.hears(tone.next, 600, 30);
      return `next after ${(a.heard(tone.long) / 1000).toFixed(1)} of ${long} s`;
    },
    end: () => endCall(a),
  };
}

async function ringing([a, b]: readonly [Phone, Phone]): Promise<LiveCall> {
  a.dial('303');
  await b.event('CALL_INCOMING');
  return {
    name: 'ringing',
    legs: 2,
    outlives: async () => {
      b.accept();
      await Promise.all([a.event('CALL_ESTABLISHED'), b.event('CALL_ESTABLISHED')]);
      await bothHear(a, b);
      return 'answered';
    },
    end: () => endCall(a, b),
  };
}

/** From now on, not before. */
async function bothHear(a: Phone, b: Phone): Promise<string> {
  await Promise.all([a.hears(tone.b, a.heard(tone.b) + 600), b.hears(tone.a, b.heard(tone.a) + 600)]);
  return 'heard';
}

async function endCall(caller: Phone, ...others: readonly Phone[]): Promise<void> {
  caller.hangup();
  await Promise.all([caller, ...others].map(put));
}

async function put(phone: Phone): Promise<void> {
  await phone.stop();
  phone.clean();
}
