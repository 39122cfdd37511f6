// The record of a call: one per leg, with what happened and how long it took.
import { expect } from 'chai';
import { newAccount, node, type TestAccount } from './account.ts';
import { eventually } from './eventually.ts';
import { call, fixtures, timeOf } from './fixtures.ts';
import type { Rest } from './rest.ts';
import { sharedZone } from './shared.ts';

interface Row {
  readonly id: string;
  readonly call_id: string;
  readonly direction: string;
  readonly duration_seconds: string | number;
  readonly billing_seconds: string | number;
  readonly hangup_cause: string;
  readonly other_leg_call_id: string;
  readonly interaction_id: string;
  readonly caller_id_number: string;
}

const gregorianOffset = 62_167_219_200;

describe('the records of a call', function () {
  this.timeout(120_000);
  const use = fixtures();
  let account: TestAccount;
  beforeEach(async () => {
    account = await newAccount(await sharedZone());
  });

  /** Those that were looked at, to be counted again at the end: a record that comes twice comes late. */
  const seen: { readonly rest: Rest; readonly count: number }[] = [];
  /** Both legs, the caller's first. */
  const legs = async (count = 2): Promise<Row[]> => {
    const { rest } = account;
    const found = await eventually(async () => {
      const rows: Row[] = await rest.get('cdrs');
      expect(rows.map(({ call_id }) => call_id)).to.have.length(count);
      return rows.sort((a, b) => a.direction.localeCompare(b.direction));
    });
    seen.push({ rest, count });
    return found;
  };
  const callId = (messages: string): string => /^Call-ID: *(\S+)/im.exec(messages)?.[1] ?? '';

  it('that was answered: one per leg, exact in time, cause, direction and their relation', async () => {
    const b = await use.callee(await account.extension('500'), 'answer', { ms: 1000 });
    const line = await account.device({ caller_id: { internal: { name: 'Caller', number: '5001' } } });
    const messages = await call(line, '500', 'call', { ms: 2000 });
    const answered = await b.done;
    const now = Date.now() / 1000 + gregorianOffset;
    const [caller, callee] = (await legs()) as [Row, Row];
    expect([caller.direction, callee.direction]).to.deep.equal(['inbound', 'outbound']);
    expect(caller.call_id).to.equal(callId(messages));
    expect(callee.call_id).to.equal(callId(answered));
    expect(caller.other_leg_call_id).to.equal(callee.call_id);
    expect(callee.other_leg_call_id).to.equal(caller.call_id);
    expect(caller.interaction_id)
      .to.match(/^\d+-\w+$/)
      .and.to.equal(callee.interaction_id);
    expect([caller.hangup_cause, callee.hangup_cause]).to.deep.equal(['NORMAL_CLEARING', 'NORMAL_CLEARING']);
    // What the callee was shown.
    expect(callee.caller_id_number).to.equal('5001');

    const talked = (timeOf(messages, 'BYE sip') - timeOf(messages, 'SIP/2.0 200')) / 1000;
    expect(talked).to.be.within(1.9, 2.5);
    for (const leg of [caller, callee]) {
      expect(Number(leg.billing_seconds)).to.be.closeTo(talked, 1);
      expect(Number(leg.duration_seconds)).to.be.closeTo(talked + 1, 1);
    }
    const whole = await account.rest.get(`cdrs/${encodeURIComponent(caller.id)}`);
    expect(whole).to.deep.include({ call_id: caller.call_id, call_direction: 'inbound' });
    expect(whole.timestamp).to.be.closeTo(now, 5);
    expect(whole.custom_channel_vars).to.include({ account_id: account.id, authorizing_id: line.id });
    expect(Number(whole.ringing_seconds)).to.be.closeTo(1, 1);
  });

  it('belong together in the list of interactions and of legs', async () => {
    const b = await use.callee(await account.extension('501'), 'answer', { ms: 100 });
    await call(await account.device(), '501');
    await b.done;
    const [caller] = (await legs()) as [Row];
    const interactions: Row[] = await account.rest.get('cdrs/interaction');
    expect(interactions.map(({ interaction_id }) => interaction_id)).to.deep.equal([caller.interaction_id]);
    const found: Row[] = await account.rest.get(`cdrs/legs/${caller.interaction_id}`);
    expect(found).to.have.length(2);
  });

  it('are given as CSV', async () => {
    const b = await use.callee(await account.extension('502'), 'answer', { ms: 100 });
    await call(await account.device(), '502');
    await b.done;
    const rows = await legs();
    const { body, headers } = await account.rest.send('GET', 'cdrs', undefined, { accept: 'text/csv' });
    expect(headers.get('content-type')).to.include('text/csv');
    const [head, ...lines] = String(body).trim().split(/\r?\n/);
    expect(head).to.include('call_id').and.to.include('hangup_cause');
    expect(lines).to.have.length(2);
    for (const { call_id } of rows) expect(lines.filter((line) => line.includes(call_id))).not.to.be.empty;
  });

  it('that was busy: not billed, with the cause', async () => {
    const b = await use.callee(await account.extension('503'), 'refuse', { status: 486 });
    await call(await account.device(), '503', 'call-fails', { status: 486 });
    await b.done;
    for (const leg of await legs())
      expect({ ...leg, billed: Number(leg.billing_seconds) }).to.include({
        hangup_cause: 'USER_BUSY',
        billed: 0,
      });
  });

  it('that was given up: not billed, with the cause', async () => {
    const b = await use.callee(await account.extension('504'), 'ring');
    await call(await account.device(), '504', 'call-cancelled', { ms: 300 });
    await b.done;
    for (const leg of await legs())
      expect({ ...leg, billed: Number(leg.billing_seconds) }).to.include({
        hangup_cause: 'ORIGINATOR_CANCEL',
        billed: 0,
      });
  });

  it('to an IVR: one, of the one leg', async () => {
    await account.callflow('505', node('answer', {}, { _: node('sleep', { duration: 1 }) }));
    await call(await account.device(), '505', 'call-ended');
    const [only] = (await legs(1)) as [Row];
    expect(only).to.include({ direction: 'inbound', hangup_cause: 'NORMAL_CLEARING' });
    expect(Number(only.billing_seconds)).to.be.closeTo(1, 1);
  });

  it('of two calls at once do not mix', async () => {
    const lines = [await account.extension('506'), await account.extension('507')] as const;
    const callees = [
      await use.callee(lines[0], 'answer', { ms: 100 }),
      await use.callee(lines[1], 'answer', { ms: 100 }),
    ];
    const caller = await account.device();
    await Promise.all([call(caller, '506', 'call', { ms: 1000 }), call(caller, '507', 'call', { ms: 1000 })]);
    await Promise.all(callees.map(({ done }) => done));
    const rows = await legs(4);
    expect(new Set(rows.map(({ call_id }) => call_id)).size).to.equal(4);
    expect(new Set(rows.map(({ interaction_id }) => interaction_id)).size).to.equal(2);
  });

  it('are no more some time later', async () => {
    expect(seen).not.to.be.empty;
    for (const { rest, count } of seen) expect(await rest.get('cdrs')).to.have.length(count);
  });
});
