// Two Kamailios serve one zone: phones of either are reached through both, and either may die.
import { expect } from 'chai';
import { type Line, newAccount, type TestAccount } from './account.ts';
import { eventually } from './eventually.ts';
import { call, fixtures, register } from './fixtures.ts';
import { mixOfRun } from './mix.ts';
import { startZone, type Zone } from './zone.ts';

(mixOfRun().edge === 'kamailio' ? describe : describe.skip)('two Kamailios of one zone', function () {
  this.timeout(120_000);
  const use = fixtures();
  let zone: Zone;
  let account: TestAccount;
  before(async () => {
    zone = await startZone({}, 2);
    account = await newAccount(zone);
  });
  after(() => zone?.stop());

  const at = (line: Line, index: number): Line => ({ ...line, proxy: zone.kamailios[index]?.address ?? '' });
  const other = (index: number): number => 1 - index;

  const told = (message: string): number => zone.log().split(message).length;
  /** Until the bridge has noticed, at most a second or two, a call may still be sent to the dead one. */
  const crash = async (index: number): Promise<void> => {
    const before = told('Kamailio cannot be reached');
    await zone.kamailios[index]?.end('SIGKILL');
    await eventually(() => expect(told('Kamailio cannot be reached')).to.be.above(before));
  };
  const comeBack = async (index: number): Promise<void> => {
    const before = told('Kamailio is there');
    await zone.kamailios[index]?.start();
    await eventually(() => expect(told('Kamailio is there')).to.be.above(before));
  };

  for (const [index, number] of ['301', '302'].entries())
    it(`a phone at edge ${index + 1} is reached by a caller at the other`, async () => {
      const b = await use.callee(at(await account.extension(number), index), 'answer', { ms: 100 });
      await call(at(await account.device(), other(index)), number);
      await b.done;
    });

  it('a user who registers at both is registered once with each contact', async () => {
    const line = await account.device();
    await register(at(line, 0), { contact: `<sip:${line.username}@127.0.0.1:5998>` });
    await register(at(line, 1), { contact: `<sip:${line.username}@127.0.0.1:5999>` });
    await eventually(async () => {
      const rows: { username: string }[] = await account.rest.get('registrations?paginate=false');
      expect(rows.filter(({ username }) => username === line.username)).to.have.length(2);
    });
  });

  for (const [index, number] of ['303', '304'].entries())
    it(`edge ${index + 1} dies: its phone is reached through the other, which takes its registrations`, async () => {
      const line = await account.extension(number);
      const b = await use.callee(at(line, index), 'answer', { ms: 100 });
      const caller = at(await account.device(), other(index));
      await crash(index);
      await call(caller, number);
      await b.done;
      await register(at(line, other(index)));
      await comeBack(index);
      await register(at(line, index));
    });

  it('an edge that comes back knows the phones of the other', async () => {
    const line = await account.extension('305');
    const b = await use.callee(at(line, 1), 'answer', { ms: 100 });
    await crash(0);
    await comeBack(0);
    await crash(1);
    await call(at(await account.device(), 0), '305');
    await b.done;
    await comeBack(1);
  });
});
