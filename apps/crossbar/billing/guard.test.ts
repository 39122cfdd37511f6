// Two requests that write at the same moment: the second is quoted for what stands when the first is done.
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { expect } from 'chai';
import { accountDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { getAccount } from '../engine/index.ts';
import { tenants } from '../testing/tenants.ts';
import { guardOf } from './guard.ts';

interface Logged {
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

  /** A request of the account, with the sums that it accepted. */
  async function asking() {
    const account = await getAccount(rest.store, tenant.id);
    const accepted: number[] = [];
    const guard = guardOf({
      id: 'r',
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
      services: {
        ...rest.context,
        behind: {
          store: (_, document) =>
            void accepted.push((document as object as Logged).invoice.summary.recurring),
        },
      },
    });
    return { guard, accepted };
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
    expect(second.accepted).to.deep.equal([]);
    go();
    await Promise.all([one, two]);
    expect([first.accepted, second.accepted]).to.deep.equal([[3], [6]]);
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
    expect(requests.map(({ accepted }) => accepted)).to.deep.equal([[11], [16], [11]]);
    expect((await rest.store.database('services').get(tenant.id))['quantities']).to.deep.equal(before);
  });
});
