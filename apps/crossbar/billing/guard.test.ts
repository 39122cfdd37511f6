// Two requests that write at the same moment: the second is quoted for what stands when the first is done.
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { expect } from 'chai';
import { accountDatabase, monthDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { auditLog } from '../../../core/documents/index.ts';
import { AppError, hasCode } from '../../../core/errors/index.ts';
import { getAccount } from '../engine/index.ts';
import { tenants } from '../testing/tenants.ts';
import { withEntry } from './accepted.ts';
import { guardOf } from './guard.ts';

interface Logged {
  readonly audit: { readonly request: { readonly id: string } };
  readonly invoice: { readonly summary: { readonly recurring: number } };
}

describe('the guard of charges', () => {
  const { rest, tenant } = tenants();
  before(async () => {
    const plan = {
      name: 'office',
      plan: { voicemails: { mailbox: { rate: 3 } }, phone_numbers: { _all: { rate: 5 } } },
    };
    const token = { token: rest.master.token };
    const made = await rest.send('PUT', `accounts/${rest.master.id}/service_plans`, plan, token);
    await tenant.send('POST', 'services', { add: [made.body.data.id] }, token);
  });

  let asked = 0;
  /** A request of the account. */
  async function requesting() {
    const account = await getAccount(rest.store, tenant.id);
    asked += 1;
    return {
      id: `request ${asked}`,
      clientIp: '192.0.2.1',
      verb: 'PUT',
      data: {},
      query: { accept_charges: 'true' },
      envelope: {},
      auth: {
        token: undefined,
        method: 'cb_api_auth',
        account,
        user: undefined,
        admin: true,
        superduper: false,
        rules: [],
      },
      services: rest.context,
    } as const;
  }

  async function entries(): Promise<readonly Logged[]> {
    const month = rest.store.database(monthDatabase(tenant.id, new Date()));
    const rows = await month.all({ includeDocs: true });
    return rows.flatMap(({ doc }) => (doc?.pvt_type === auditLog.type ? [doc as object as Logged] : []));
  }

  /** A guard of a request of its own, and the sums that the entries say it accepted. */
  async function asking() {
    const request = await requesting();
    const accepted = async (): Promise<readonly number[]> =>
      (await entries())
        .filter(({ audit }) => audit.request.id === request.id)
        .map(({ invoice }) => invoice.summary.recurring);
    return { guard: guardOf(request), accepted };
  }

  const box = (_id: string): StoredDocument => ({ _id, pvt_type: 'vmbox', name: _id, mailbox: _id });

  it('lets one write wait for the other', async () => {
    const database = rest.store.database(accountDatabase(tenant.id));
    const [first, second] = [await asking(), await asking()];
    let go = (): void => undefined;
    let begun = (): void => undefined;
    const written = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const one = first.guard.saving(database.name, undefined, box('1'), async () => {
      begun();
      await held;
      return database.save(box('1'));
    });
    await written;
    const two = second.guard.saving(database.name, undefined, box('2'), () => database.save(box('2')));
    // Nothing but turns of the loop stands between the second and its quote.
    for (let turn = 0; turn < 50; turn++) await turnOfLoop();
    expect(await second.accepted()).to.deep.equal([]);
    go();
    await Promise.all([one, two]);
    expect([await first.accepted(), await second.accepted()]).to.deep.equal([[3], [6]]);
  });

  it('counts a number that has no copy in its account yet, until its request ends', async () => {
    const number = (_id: string): StoredDocument => ({
      _id,
      pvt_type: 'number',
      pvt_assigned_to: tenant.id,
      pvt_state: 'in_service',
    });
    const save = async ({ guard }: Awaited<ReturnType<typeof asking>>, it: StoredDocument) =>
      guard.saving('numbers/+1415', undefined, it, async () => it);
    const before = (await rest.store.database('services').get(tenant.id))['quantities'];
    const requests = [await asking(), await asking(), await asking()] as const;
    await save(requests[0], number('+14155550101'));
    await save(requests[1], number('+14155550102'));
    requests[0].guard.end();
    requests[1].guard.end();
    await save(requests[2], number('+14155550103'));
    requests[2].guard.end();
    const sums = await Promise.all(requests.map(({ accepted }) => accepted()));
    expect(sums).to.deep.equal([[11], [16], [11]]);
    expect((await rest.store.database('services').get(tenant.id))['quantities']).to.deep.equal(before);
  });

  describe('keeps one entry of a change that was accepted', () => {
    /** What a crossbar does of its own: nothing but the store stands between two of them. */
    const accepting = async (document: StoredDocument, write: () => Promise<unknown>) => {
      const request = await requesting();
      const change = { account: tenant.id, changes: {}, invoices: [] };
      const done = withEntry(rest.store, request, { ...change, database: 'x', document }, write);
      return { id: request.id, done };
    };
    const idsOf = async (...requests: readonly { readonly id: string }[]) => {
      const ids = requests.map(({ id }) => id);
      return (await entries()).map(({ audit }) => audit.request.id).filter((id) => ids.includes(id));
    };
    const conflict = () => new AppError('datastore_conflict');

    for (const winner of ['first', 'second'])
      it(`when two crossbars make it at once and the ${winner} succeeds`, async () => {
        const document = { _id: `raced by the ${winner}`, _rev: '1-a' };
        const [a, b] = [promised(), promised()];
        const first = await accepting(document, () => a.promise);
        await eventuallyKept(first.id);
        const second = await accepting(document, () => b.promise);
        const [won, lost] = winner === 'first' ? [first, second] : [second, first];
        (winner === 'first' ? a : b).resolve(undefined);
        await won.done;
        (winner === 'first' ? b : a).reject(conflict());
        const error = await lost.done.catch((it) => it);
        expect(hasCode(error, 'datastore_conflict')).to.equal(true);
        expect(await idsOf(first, second)).to.deep.equal([won.id]);
      });

    it('when the process died before it was made, and it is asked for again', async () => {
      const document = { _id: 'died', _rev: '1-a' };
      const dead = await accepting(document, () => new Promise(() => undefined));
      await eventuallyKept(dead.id);
      const again = await accepting(document, async () => undefined);
      await again.done;
      expect(await idsOf(dead, again)).to.deep.equal([again.id]);
    });

    it('when the process died after it was made', async () => {
      const made = await accepting({ _id: 'made', _rev: '1-a' }, async () => undefined);
      await made.done;
      expect(await idsOf(made)).to.deep.equal([made.id]);
    });

    it('and none of one that was not made', async () => {
      const refused = await accepting({ _id: 'refused', _rev: '1-a' }, async () => {
        throw conflict();
      });
      await refused.done.catch(() => undefined);
      expect(await idsOf(refused)).to.deep.equal([]);
    });

    async function eventuallyKept(id: string): Promise<void> {
      while ((await idsOf({ id })).length === 0) await turnOfLoop();
    }
  });
});

/** A promise that is settled from outside. */
function promised() {
  let resolve: (value: unknown) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise((good, bad) => {
    [resolve, reject] = [good, bad];
  });
  return { promise, resolve: (value: unknown) => resolve(value), reject: (error: unknown) => reject(error) };
}
