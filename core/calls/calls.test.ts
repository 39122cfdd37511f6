// The route handshake and what is heard of calls: repeated requests, calls that change their leg, several who hear one call.
import { expect } from 'chai';
import { type CallEventName, callEvent } from '../messages/call.ts';
import { routeReq, routeWin } from '../messages/route.ts';
import { type FakeBus, fakeBus } from '../testing/index.ts';
import { type CallControl, type Hearing, startCallControl, type Won } from './index.ts';

describe('calls under control', () => {
  let bus: FakeBus;
  let control: CallControl;
  let offers: Promise<Won | undefined>[];

  beforeEach(async () => {
    bus = fakeBus({ node: 'callflow@test' });
    control = await startCallControl(bus);
    offers = [];
    await bus.consume(
      { bindings: [{ exchange: 'callmgr', key: 'route.req.audio.*' }], contracts: [routeReq] },
      (request) => void offers.push(control.offer(request, {}, 1000)),
    );
  });
  afterEach(async () => {
    await control.stop();
    await Promise.all(offers);
    await bus.close();
  });

  const ask = async (messageId: string, callId = 'c1') => {
    const fields = { 'Call-ID': callId, From: 'a@r', To: 'b@r', Request: 'b@r' };
    const vars = { 'Custom-Channel-Vars': { 'Account-ID': 'a'.repeat(32) } };
    await bus.publish(routeReq, { ...fields, ...vars }, { messageId, serverId: bus.serverId });
    await bus.settled();
  };
  const give = async (callId = 'c1') => {
    const target = String(bus.named('route_resp').at(-1)?.['Server-ID']);
    await bus.send(target, routeWin, { 'Call-ID': callId, 'Control-Queue': 'q' });
    await bus.settled();
  };
  const tell = async (callId: string, name: CallEventName, more: object = {}) => {
    await bus.publish(callEvent, { 'Call-ID': callId, 'Event-Name': name, ...more });
    await bus.settled();
  };
  const heard = (hearing: Hearing): string[] => {
    const names: string[] = [];
    hearing.listen((message) => names.push(`${message['Event-Name']} ${message['Call-ID']}`));
    return names;
  };

  it('a request that comes again is answered again, and won once', async () => {
    await ask('f1');
    await ask('f1');
    expect(bus.named('route_resp')).to.have.length(2);
    await give();
    await ask('f1');
    expect(bus.named('route_resp'), 'it is decided').to.have.length(2);
    const won = await Promise.all(offers);
    expect(won.map((it) => it?.win['Control-Queue'])).to.deep.equal(['q', undefined, undefined]);
    const names = heard(won[0]?.hearing as Hearing);
    await tell('c1', 'CHANNEL_ANSWER');
    expect(names).to.deep.equal(['CHANNEL_ANSWER c1']);
    await won[0]?.hearing.release();
  });

  it('a new request for the same call replaces the one under way', async () => {
    await ask('f1');
    await ask('f2');
    expect(await offers[0]).to.equal(undefined);
    await give();
    const won = await offers[1];
    expect(won?.hearing.fetchId).to.equal('f2');
    const names = heard(won?.hearing as Hearing);
    await tell('c1', 'CHANNEL_ANSWER');
    expect(names, 'the events are still bound').to.have.length(1);
  });

  it('tells whoever listens late what came before', async () => {
    const hearing = await control.hear('c1');
    await tell('c1', 'CHANNEL_DESTROY');
    expect(heard(hearing)).to.deep.equal(['CHANNEL_DESTROY c1']);
  });

  it('keeps what comes between two listeners for the second', async () => {
    const hearing = await control.hear('c1');
    const first = heard(hearing);
    hearing.pause();
    await tell('c1', 'CHANNEL_HOLD');
    expect(first).to.deep.equal([]);
    expect(heard(hearing)).to.deep.equal(['CHANNEL_HOLD c1']);
    await hearing.release();
  });

  it('hears an event once that is told again, but every completion', async () => {
    const names = heard(await control.hear('c1'));
    const again = async (name: CallEventName): Promise<void> => {
      const event = { 'Call-ID': 'c1', 'Event-Name': name };
      for (let time = 0; time < 2; time += 1) await bus.publish(callEvent, event, { messageId: 'same' });
      await bus.settled();
    };
    await again('DTMF');
    await again('CHANNEL_EXECUTE_COMPLETE');
    expect(names.map((it) => it.split(' ')[0])).to.deep.equal([
      'DTMF',
      'CHANNEL_EXECUTE_COMPLETE',
      'CHANNEL_EXECUTE_COMPLETE',
    ]);
  });

  it('follows a call to the leg that replaces it, beside whoever hears that one', async () => {
    const [consulting, first] = [await control.hear('c1'), await control.hear('c2')];
    const [follows, was] = [heard(consulting), heard(first)];
    await tell('c1', 'CHANNEL_REPLACED', { 'Replaced-By': 'c2' });
    expect(consulting.callId).to.equal('c2');
    await tell('c2', 'CHANNEL_TRANSFEREE', { 'Transfer-Type': 'attended' });
    expect(was, 'that is for who had the leg until now').to.deep.equal(['CHANNEL_TRANSFEREE c2']);
    await first.release();
    await tell('c1', 'CHANNEL_DESTROY');
    await tell('c2', 'CHANNEL_HOLD');
    await tell('c2', 'CHANNEL_TRANSFEREE', { 'Transfer-Type': 'blind' });
    expect(follows).to.deep.equal(['CHANNEL_REPLACED c1', 'CHANNEL_HOLD c2', 'CHANNEL_TRANSFEREE c2']);
    await consulting.release();
    await tell('c2', 'CHANNEL_DESTROY');
    expect(follows, 'nothing is bound any more').to.have.length(3);
  });

  it('an offer that is given up, or to nobody, leaves no binding', async () => {
    await ask('f1');
    control.cancelOffers();
    expect(await offers[0]).to.equal(undefined);
    await ask('f2');
    expect(bus.named('route_resp'), 'no new ones').to.have.length(1);
  });
});
