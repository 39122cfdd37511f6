// Calls that are live while something dies: each is begun, proven to have outlived it, and ended.
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { type Line, node, type TestAccount } from '../e2e/account.ts';
import { Phone } from '../e2e/baresip.ts';
import { eventually } from '../e2e/eventually.ts';
import { uploadTone } from '../e2e/fixtures.ts';
import { freePorts } from '../e2e/ports.ts';
import { heardOn, millisecondsOf } from '../e2e/sound.ts';
import { attachmentOfMonth, documentsOfMonth } from '../e2e/store.ts';
import type { Zone } from '../e2e/zone.ts';

/** A live call. */
export interface LiveCall {
  readonly name: string;
  /** How many CDRs it leaves. */
  readonly legs: number;
  /** Resolves with a word for the table when the call has gone on as it should; rejects when it has not. */
  outlives(): Promise<string>;
  end(): Promise<void>;
  /** What must be there after its end; a word for the table, as of `outlives`. */
  leaves?(): Promise<string>;
}

/** What frequencies (Hz) say in these calls. */
const tone = { a: 440, b: 620, greeting: 1200, chosen: 1500, long: 700, next: 900 };
/** A long play, in seconds: it lasts over every loss and its repair. */
const long = 10;
/** Who is reached by a carrier, which is known by an address that no phone has. */
const outside = '+442071838750';
const carrierHost = '127.0.0.5';
/** The last three seconds of a stereo recording of 8 kHz. */
const lastBytes = 3 * 8000 * 4;

/** The documents that the calls need, made before anything is broken, and once for all cases. */
export async function prepare(zone: Zone, account: TestAccount) {
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
    account.callflow(
      '300',
      node('menu', { id: menu }, { 1: node('play', { terminators: ['#'], id: chosen }) }),
    ),
    account.callflow('301', node('play', { id: longMedia }, { _: node('play', { id: next }) })),
    account.callflow('no_match', node('offnet')),
  ]);
  const [lines, [carrierPort = 0], answering, late, recorded] = await Promise.all([
    Promise.all([1, 2, 3, 4, 5, 6].map(() => account.device())),
    freePorts(1),
    account.device(),
    account.device(),
    account.device(),
  ]);
  await account.callflow('302', node('device', { id: answering.id }));
  await account.callflow('303', node('device', { id: late.id, timeout: 60 }));
  const recording = { format: 'wav', record_sample_rate: 8000 };
  await account.callflow('304', node('record_call', recording, { _: node('device', { id: recorded.id }) }));
  return { zone, account, lines, answering, late, recorded, carrierPort };
}

export type Prepared = Awaited<ReturnType<typeof prepare>>;

/** A carrier that takes calls to the outside at this port. */
export const carrierAt = (port: number): object => ({
  name: 'Carrier',
  rules: ['^(\\+44\\d+)$'],
  gateways: [{ server: carrierHost, port, invite_format: 'e164' }],
});

/** Begins one call of each kind, side by side. When one cannot be begun, none is left. */
export async function beginCalls(prepared: Prepared): Promise<readonly LiveCall[]> {
  const { lines, answering, late, recorded, carrierPort } = prepared;
  const phones: Phone[] = [];
  const kept = (phone: Phone): Phone => {
    phones.push(phone);
    return phone;
  };
  const registered = async (line: Line | undefined, options: object = {}): Promise<Phone> => {
    if (!line) throw new Error('there are fewer lines than calls');
    return kept(await Phone.registered({ ...line, ...options }));
  };
  const carrier = async (): Promise<Phone> => {
    const listen = `${carrierHost}:${carrierPort}`;
    const own = { username: outside, password: '', realm: carrierHost, proxy: listen };
    return kept(await Phone.start({ ...own, listen, expires: 0, tone: tone.b }));
  };
  const [a, b, c, d, e, f] = lines;
  const beginnings = await Promise.allSettled([
    Promise.all([registered(a, { tone: tone.a }), registered(answering, { tone: tone.b })]).then((pair) =>
      talking('bridged', '302', pair),
    ),
    registered(b).then(inMenu),
    registered(c).then(inPlay),
    Promise.all([registered(d, { tone: tone.a }), registered(late, { tone: tone.b, answer: 'manual' })]).then(
      ringing,
    ),
    Promise.all([registered(e, { tone: tone.a }), carrier()]).then((pair) =>
      talking('carrier', outside, pair),
    ),
    Promise.all([registered(f, { tone: tone.a }), registered(recorded, { tone: tone.b })]).then((pair) =>
      inRecording(prepared, pair),
    ),
  ]);
  const failed = beginnings.find((it) => it.status === 'rejected');
  if (!failed) return beginnings.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  await Promise.all(phones.map(put));
  throw failed.reason;
}

async function talking(name: string, number: string, [a, b]: readonly [Phone, Phone]): Promise<LiveCall> {
  a.dial(number);
  await Promise.all([a.event('CALL_ESTABLISHED'), b.event('CALL_ESTABLISHED')]);
  await bothHear(a, b);
  return { name, legs: 2, outlives: () => bothHear(a, b), end: () => endCall(a, b) };
}

/** Both hear each other, and both are on the one recording, from the beginning to the end. */
async function inRecording({ zone, account }: Prepared, pair: readonly [Phone, Phone]): Promise<LiveCall> {
  const find = () => documentsOfMonth(zone, account.id, 'call_recording');
  const before = new Set((await find()).map((it) => it._id));
  const talk = await talking('recording', '304', pair);
  const began = Date.now();
  let lasted = 0;
  return {
    ...talk,
    end: () => {
      lasted = Date.now() - began;
      return talk.end();
    },
    leaves: async () => {
      const [recording, ...more] = await eventually(async () => {
        const found = (await find()).filter((it) => !before.has(it._id));
        expect(found[0]?.['_attachments'], 'the recording').to.be.an('object');
        return found;
      }, 30);
      expect(more, 'more than one recording').to.deep.equal([]);
      const sound = await attachmentOfMonth(
        zone,
        account.id,
        recording?._id ?? '',
        String(recording?.['name']),
      );
      const text = `${(millisecondsOf(sound) / 1000).toFixed(1)} of ${(lasted / 1000).toFixed(1)} s`;
      expect(millisecondsOf(sound), text).to.be.at.least(lasted);
      // To the end: the caller hangs up, so that nothing follows.
      const last = sound.subarray(-lastBytes);
      for (const [channel, frequency] of [[0, tone.a] as const, [1, tone.b] as const]) {
        expect(heardOn(sound, channel, frequency), `${frequency} Hz`).to.be.above(lasted / 2);
        expect(heardOn(last, channel, frequency), `${frequency} Hz at the end`).to.be.above(0);
      }
      return text;
    },
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
      // Who hears nothing presses again; that must not end what the first press leads to.
      for (let presses = 1; ; presses += 1) {
        a.digits('1');
        const found = await a.hears(tone.chosen, 600, 4).then(
          () => true,
          (error: unknown) => {
            if (presses === 5 || a.closed) throw error;
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
  // A phone that is ended at once may take its BYE with it.
  await pause(300);
  await Promise.all([caller, ...others].map(put));
}

async function put(phone: Phone): Promise<void> {
  await phone.stop();
  phone.clean();
}
