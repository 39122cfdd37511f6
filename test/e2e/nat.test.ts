// Phones behind a NAT, whose Contact leads nowhere: what a switch sends inside of their calls reaches them all the same.
import { expect } from 'chai';
import { newAccount, type TestAccount } from './account.ts';
import { call, fixtures, register } from './fixtures.ts';
import { freePorts } from './ports.ts';
import { sharedZone } from './shared.ts';

describe('a phone behind a NAT', function () {
  this.timeout(60_000);
  const use = fixtures();
  let account: TestAccount;
  before(async () => {
    account = await newAccount(await sharedZone());
  });

  it('calls; ACK, digits, a re-INVITE pass, and the BYE of the other side reaches it', async () => {
    const line = await account.device();
    const b = await use.callee(await account.extension('260'), 'answer-and-end', { ms: 1500 });
    const contact = `<sip:${line.username}@10.253.0.1:5062>`;
    const messages = await call(line, '260', 'nat-call', { contact });
    expect(messages).to.include('BYE sip:');
    await b.done;
  });

  it('is called; ACK and the BYE of the other side reach it', async () => {
    const line = await account.extension('261');
    const contact = `<sip:${line.username}@10.253.0.2:5062>`;
    const [port] = (await freePorts(1)) as [number];
    await register(line, { port, contact });
    const b = await use.waiting('nat-answer', { port, values: { ms: 100, contact } });
    await call(await account.device(), '261');
    expect(await b.done).to.include('BYE sip:');
  });
});
