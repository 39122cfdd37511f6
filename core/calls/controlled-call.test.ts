// Commands to a call whose queue is not there, and what becomes of those who have lost it.
import { expect } from 'chai';
import type { Subscription } from '../amqp/index.ts';
import { hasCode } from '../errors/index.ts';
import { callEvent } from '../messages/call.ts';
import { commands, dialplanError } from '../messages/dialplan.ts';
import { type FakeBus, fakeBus } from '../testing/index.ts';
import { type CallEvent, type CallMessage, ControlledCall } from './index.ts';

describe('a controlled call', () => {
  const queue = 'callctl-c1';
  let bus: FakeBus;
  let call: ControlledCall;
  let switchSide: Subscription | undefined;

  beforeEach(() => {
    bus = fakeBus();
    call = new ControlledCall(bus, { callId: 'c1', controlQueue: queue, fetchId: 'f1' });
    switchSide = undefined;
  });
  afterEach(async () => {
    await switchSide?.stop();
    await bus.close();
  });

  /** Whoever drives the switch is there; resolves with the first command that it gets. */
  const arrives = () =>
    new Promise<{ readonly 'Msg-ID'?: string }>((resolve, reject) => {
      const { noop, hangup, checkpoint } = commands;
      const spec = { queue, bindings: [{ exchange: 'callctl', key: queue }] as const };
      bus
        .consume({ ...spec, contracts: [noop, hangup, checkpoint] }, ({ message }) => resolve(message))
        .then((it) => {
          switchSide = it;
        }, reject);
    });

  it('sends a command until somebody takes it', async () => {
    const done = call.execute('noop', {});
    await bus.settled();
    const command = await arrives();
    call.take(await completion(String(command['Msg-ID'])));
    expect((await done)['Msg-ID']).to.equal(command['Msg-ID']);
  });

  it('does not wait for a call that is over', async () => {
    const sent = call.send('hangup', {}).catch((error: unknown) => error);
    call.usurp('f2');
    expect(hasCode(await sent, 'nobody_listens')).to.equal(true);
  });

  it('sends no checkpoint that a newer one has overtaken', async () => {
    const first = call.send('checkpoint', { 'Insert-At': 'now' });
    const second = call.send('checkpoint', { 'Insert-At': 'now' });
    const command = await arrives();
    await Promise.all([first, second]);
    const last = bus.named('checkpoint').at(-1)?.['Msg-ID'];
    expect(command['Msg-ID']).to.equal(last);
  });

  it('is lost when the switch side has given it up, and not only what was commanded', async () => {
    const arrived = arrives();
    const refused = call.execute('noop', {}).catch((error: unknown) => error);
    const Request = { ...(await arrived) };
    const error = { 'Call-ID': 'c1', 'Error-Code': 'call_lost', 'Error-Message': 'control went elsewhere' };
    await bus.publish(dialplanError, { ...error, Request });
    call.hear(bus.named('dialplan').at(-1) as CallMessage);
    expect(hasCode(await refused, 'call_lost')).to.equal(true);
    expect(call.ended).to.equal(true);
  });

  const completion = async (messageId: string) => {
    const name = 'CHANNEL_EXECUTE_COMPLETE';
    await bus.publish(callEvent, { 'Call-ID': 'c1', 'Event-Name': name }, { messageId });
    return bus.named(name).at(-1) as CallEvent;
  };
});
