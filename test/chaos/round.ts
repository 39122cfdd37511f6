// One round: calls are begun, something dies, and everything that should have outlived it is looked at.
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { newAccount } from '../e2e/account.ts';
import { Phone } from '../e2e/baresip.ts';
import { eventually } from '../e2e/eventually.ts';
import { call } from '../e2e/fixtures.ts';
import type { Zone } from '../e2e/zone.ts';
import { beginCalls, carrierAt, type LiveCall, prepare } from './calls.ts';
import { callsOf, moreActors, readActors } from './gauges.ts';
import type { Loss } from './losses.ts';
import { endGivenUp, leftOn } from './switches.ts';

/** What became of one thing that was looked at. */
export interface Finding {
  readonly ok: boolean;
  readonly text: string;
}

/** Findings by what was looked at: each kind of call, `new call`, `CDRs`, `left over`. */
export type Findings = Readonly<Record<string, Finding>>;

export const columns: readonly string[] = [
  ...['bridged', 'carrier', 'menu', 'play', 'ringing', 'recording'],
  ...['new call', 'CDRs', 'left over'],
];

/** New calls must work again within so many milliseconds. */
const newCallsWithin = 5_000;
/** Seconds: what controls a call hears commands for half a minute after its end. */
const actorsLinger = 40;
/** Of a new call itself, with its hang-up, and of the test's own programs. */
const callLasts = 500;
const beginAttempts = 6;
/** Seconds in which a busy machine must have taken what all rounds need. */
const preparedWithin = 60;
/** Milliseconds between them: a machine that is too busy for calls may have less to do then. */
const beginPause = 5_000;
/** Milliseconds between two writes. */
const writePause = 100;
/** Seconds after which every node of a cluster has what was acknowledged. */
const keptWithin = 20;
/** Seconds that a new call is given to be answered, before another one is tried. */
const probePatience = 3;

/** Makes what all rounds of a zone need. */
export async function openArena(zone: Zone) {
  const patiently = <T>(make: () => Promise<T>): Promise<T> => eventually(make, preparedWithin, beginPause);
  const prepared = await patiently(async () => prepare(zone, await newAccount(zone)));
  await patiently(() => zone.rest.put('/resources', carrierAt(prepared.carrierPort)));
  const newCall = await patiently(() => probe(zone));
  const { rest } = prepared.account;
  /** The newest records. */
  const records = (): Promise<{ readonly id: string; readonly call_id: string }[]> =>
    rest.get('cdrs?page_size=100');
  const actors = await eventually(() => readActors(zone));
  const settled = (): Promise<void> =>
    eventually(async () => {
      const left = [...(await leftOn(zone)), ...(await callsOf(zone))];
      if (left.length > 0) throw new Error(`${left.length} left: ${left.join(', ')}`);
    }, 20);
  const round = (loss: Loss) => runRound(zone, loss, { prepared, newCall, records, settled });
  return {
    round,
    /** Resolves when no process has more actors than at the beginning; rejects with those that have. */
    nothingLeaks: () =>
      eventually(async () => expect(await moreActors(actors, zone)).to.deep.equal([]), actorsLinger),
    stop: newCall.stop,
  };
}

interface Arena {
  readonly prepared: Awaited<ReturnType<typeof prepare>>;
  readonly newCall: Awaited<ReturnType<typeof probe>>;
  records(): Promise<{ readonly id: string; readonly call_id: string }[]>;
  /** Resolves when no call is left anywhere; rejects with what is left after 20 s. */
  settled(): Promise<void>;
}

/** The calls; begun anew when some could not be begun, which is not what is looked at here. */
async function begun({ prepared, settled }: Arena): Promise<readonly LiveCall[]> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await beginCalls(prepared);
    } catch (error) {
      if (attempt === beginAttempts) throw error;
      console.error(`the calls are begun anew: ${(error as Error).message}`);
      await settled();
      await pause(beginPause);
    }
}

async function runRound(zone: Zone, loss: Loss, arena: Arena): Promise<Findings> {
  const calls = await begun(arena);
  try {
    return await lookAt(zone, loss, arena, calls);
  } catch (error) {
    // The next round is to find none of them.
    await Promise.allSettled(calls.map((it) => it.end()));
    throw error;
  }
}

async function lookAt(zone: Zone, loss: Loss, arena: Arena, calls: readonly LiveCall[]): Promise<Findings> {
  const seen = new Set((await eventually(arena.records)).map(({ id }) => id));
  const findings: Record<string, Finding> = {};
  const look = async (what: string, check: () => Promise<string>): Promise<void> => {
    findings[what] = await check().then(
      (text) => ({ ok: true, text }),
      (error: Error) => {
        console.error(`${new Date().toISOString()} ${loss.name}, ${what}: ${error.message.slice(0, 3000)}`);
        return { ok: false, text: `LOST: ${error.message.split('\n')[0]?.slice(0, 160)}` };
      },
    );
  };
  const striking = { since: Date.now() };
  // New calls are tried from the first moment on, also while what died is away.
  const struck = new AbortController();
  const trying = look('new call', async () => {
    const written = loss.writes ? writes(arena, loss.writes === 'refusable', struck.signal) : undefined;
    const [found, text] = await Promise.all([arena.newCall.works(striking), written]);
    return text === undefined ? found : `${found}; ${text}`;
  });
  await loss.strike(zone).finally(() => struck.abort());
  if (loss.alone) striking.since = Date.now();
  await Promise.all([trying, ...calls.map((it) => look(it.name, it.outlives))]);
  if (!loss.throughEnd) await loss.heal(zone);
  await Promise.all(calls.map((it) => it.end()));
  if (loss.throughEnd) await loss.heal(zone);
  for (const { name, leaves } of calls) if (leaves && findings[name]?.ok) await look(name, leaves);
  const legs = calls.reduce((sum, it) => sum + it.legs, 0);
  await look('CDRs', async () => {
    const fresh = async () => (await arena.records()).filter(({ id }) => !seen.has(id));
    await eventually(async () => expect(await fresh(), 'records').to.have.length.at.least(legs), 20);
    const ids = (await fresh()).map(({ call_id }) => call_id);
    expect(new Set(ids).size, 'different call ids').to.equal(ids.length);
    expect(ids.length, 'records').to.equal(legs);
    return `${legs} of ${legs}`;
  });
  await look('left over', async () => {
    await endGivenUp(zone);
    await arena.settled();
    return 'nothing';
  });
  return findings;
}

/**
 * Writes over REST one after the other until `signal`; resolves with how many and how long they took. Rejects when one was
 * refused that may not be, or when one that was acknowledged is not there afterwards.
 */
async function writes(
  { prepared: { account } }: Arena,
  refusable: boolean,
  signal: AbortSignal,
): Promise<string> {
  const took: number[] = [];
  const acknowledged: string[] = [];
  let refused = 0;
  while (!signal.aborted) {
    const began = Date.now();
    const { status, body } = await account.rest.send('PUT', 'users', {
      first_name: 'Test',
      last_name: 'User',
    });
    took.push(Date.now() - began);
    if (status === 201) acknowledged.push(body.data.id);
    else if (refusable && status === 503) refused += 1;
    else throw new Error(`write ${took.length} answered ${status}: ${JSON.stringify(body)}`);
    await pause(writePause);
  }
  await eventually(async () => {
    const users: { readonly id: string }[] = await account.rest.get('users?paginate=false');
    const ids = new Set(users.map(({ id }) => id));
    expect(
      acknowledged.filter((id) => !ids.has(id)),
      'acknowledged and not there',
    ).to.deep.equal([]);
  }, keptWithin);
  const counts = `${acknowledged.length} REST writes${refused > 0 ? `, ${refused} refused` : ''}`;
  return `${counts}, the longest ${(Math.max(0, ...took) / 1000).toFixed(1)} s`;
}

/** Calls of an account of their own, so that those that fail leave no record among the others. */
async function probe(zone: Zone) {
  const account = await newAccount(zone);
  // Where there are two edges, a phone uses the one that is left.
  const proxy = zone.kamailios.at(-1)?.address;
  const at = proxy ? { proxy } : {};
  const [caller, callee] = await Promise.all([account.device(), account.extension('400')]);
  const phone = await Phone.registered({ ...callee, ...at });
  return {
    /** Resolves with the time that the first call that worked ended after `since`; rejects when that is too late. */
    works: async (striking: { readonly since: number }): Promise<string> => {
      const ended = await eventually(async () => {
        const values = { ms: 100, answered: probePatience * 1000 };
        await call({ ...caller, ...at }, '400', 'call', values, {
          patience: probePatience,
          seconds: probePatience + 1,
        });
        return Date.now();
      }, 30);
      const after = ended - striking.since;
      const seconds = `${(Math.max(0, after) / 1000).toFixed(1)} s`;
      if (after > newCallsWithin + callLasts) throw new Error(`only after ${seconds}`);
      return `after ${seconds}`;
    },
    stop: async () => {
      await phone.stop();
      phone.clean();
    },
  };
}
