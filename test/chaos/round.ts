// One round: calls are begun, something dies, and everything that should have outlived it is looked at.
import { expect } from 'chai';
import { newAccount } from '../e2e/account.ts';
import { Phone } from '../e2e/baresip.ts';
import { eventually } from '../e2e/eventually.ts';
import { call } from '../e2e/fixtures.ts';
import type { Zone } from '../e2e/zone.ts';
import { beginCalls, prepare } from './calls.ts';
import type { Loss } from './losses.ts';
import { leftOn } from './switches.ts';

/** What became of one thing that was looked at. */
export interface Finding {
  readonly ok: boolean;
  readonly text: string;
}

/** Findings by what was looked at: each kind of call, `new call`, `CDRs`, `left over`. */
export type Findings = Readonly<Record<string, Finding>>;

/** New calls must work again within so many milliseconds. */
const newCallsWithin = 5_000;

export async function round(zone: Zone, loss: Loss): Promise<Findings> {
  const prepared = await prepare(await newAccount(zone));
  const newCall = await probe(zone);
  const calls = await beginCalls(prepared);
  const findings: Record<string, Finding> = {};
  const look = async (what: string, check: () => Promise<string>): Promise<void> => {
    findings[what] = await check().then(
      (text) => ({ ok: true, text }),
      (error: Error) => ({ ok: false, text: `LOST: ${error.message.split('\n')[0]?.slice(0, 120)}` }),
    );
  };
  const begun = Date.now();
  // New calls are tried from the first moment on, also while what died is away.
  const trying = look('new call', () => newCall.works(begun));
  await loss.strike(zone);
  await Promise.all([trying, ...calls.map((it) => look(it.name, it.outlives))]);
  await loss.heal(zone);
  await Promise.all(calls.map((it) => it.end()));
  await newCall.stop();
  const legs = calls.reduce((sum, it) => sum + it.legs, 0);
  await look('CDRs', async () => {
    const ids = () => prepared.account.rest.get('cdrs?page_size=100').then(callIds);
    await eventually(async () => expect(await ids()).to.have.length.at.least(legs), 20);
    const found: string[] = await ids();
    expect(new Set(found).size, 'different call ids').to.equal(found.length);
    expect(found.length, 'records').to.equal(legs);
    return `${legs} of ${legs}`;
  });
  await look('left over', async () => {
    await eventually(async () => expect(await leftOn(zone)).to.deep.equal([]), 20);
    return 'nothing';
  });
  return findings;
}

const callIds = (rows: readonly { readonly call_id: string }[]): string[] =>
  rows.map(({ call_id }) => call_id);

/** Calls of an account of their own, so that those that fail leave no record among the others. */
async function probe(zone: Zone) {
  const account = await newAccount(zone);
  const [caller, callee] = await Promise.all([account.device(), account.extension('400')]);
  const phone = await Phone.registered(callee);
  return {
    /** Resolves with the time that the first call that worked ended after `since`; rejects when that is too late. */
    works: async (since: number): Promise<string> => {
      const ended = await eventually(async () => {
        await call(caller, '400', 'call', { ms: 100 }, { seconds: 4 });
        return Date.now();
      }, 20);
      const seconds = `${((ended - since) / 1000).toFixed(1)} s`;
      if (ended - since > newCallsWithin + 500) throw new Error(`only after ${seconds}`);
      return `after ${seconds}`;
    },
    stop: async () => {
      await phone.stop();
      phone.clean();
    },
  };
}
