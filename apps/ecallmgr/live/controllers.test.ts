// Who controls a call dies, is stopped, or hands over: another one goes on from the last checkpoint.
import { expect } from 'chai';
import type { Bus } from '../../../core/amqp/index.ts';
import { usurpControl } from '../../../core/messages/call.ts';
import { resume } from '../../../core/messages/callflow.ts';
import { commands } from '../../../core/messages/dialplan.ts';
import { Live, type Message, type Phone } from '../testing/live.ts';
import type { Member } from '../testing/pair.ts';

/** A callflow, as far as ecallmgr knows one. */
class Controller {
  readonly bus: Bus;
  readonly #live: Live;
  readonly resumed: Message[] = [];
  readonly usurped: Message[] = [];

  constructor(live: Live, name: string) {
    this.#live = live;
    this.bus = live.bus.peer(name);
  }

  /** `then` may command at once, behind the checkpoint. */
  async listen(then: (callId: string) => void = () => undefined): Promise<void> {
    await this.bus.consume(
      {
        queue: 'callflow_listener',
        bindings: [{ exchange: 'kapps', key: 'callflow.resume' }],
        contracts: [resume],
      },
      async ({ message }) => {
        this.resumed.push(message);
        const { 'Call-ID': callId } = message.Call as { 'Call-ID': string };
        const told = this.checkpoint(callId, message.Call, { Note: message.Note ?? {} });
        then(callId);
        await told;
      },
    );
    await this.hear();
  }

  async hear(): Promise<void> {
    await this.bus.consume(
      { bindings: [{ exchange: 'callevt', key: 'call.usurp_control.*' }], contracts: [usurpControl] },
      ({ message }) => void this.usurped.push(message),
    );
  }

  async checkpoint(callId: string, call: Message, extra: Message = {}, fields: Message = {}): Promise<void> {
    const Resume = { Call: call, Flow: { module: 'menu', data: {} }, ...extra };
    await this.command(callId, 'checkpoint', { Resume, ...fields });
  }

  async command(callId: string, name: 'checkpoint' | 'play' | 'noop', fields: Message = {}): Promise<string> {
    const messageId = `${name}-${Math.random().toString(36).slice(2)}`;
    const command = { ...fields, 'Call-ID': callId, 'Application-Name': name };
    await this.bus.send(
      this.#live.queueOf(callId),
      commands[name] as typeof commands.noop,
      command as never,
      {
        messageId,
        serverId: this.bus.serverId,
      },
    );
    return messageId;
  }
}

describe('a controller dies', () => {
  let live: Live;
  let one: Member;
  let two: Member;
  let alice: Phone;
  let first: Controller;
  let second: Controller;

  beforeEach(async () => {
    ({ live, one, two } = await Live.openPair());
    alice = await live.target.phone('alice');
    first = new Controller(live, 'callflow@first');
    second = new Controller(live, 'callflow@second');
  });
  afterEach(async () => {
    await live.clear();
    await live.close();
  });

  const callOf = (callId: string): Message => {
    const win = live.bus.named('route_win').find((it) => it['Call-ID'] === callId);
    return {
      'Call-ID': callId,
      'Control-Queue': live.queueOf(callId),
      'Custom-Channel-Vars': win?.['Custom-Channel-Vars'],
    };
  };
  const refused = (messageId: string): Promise<Message> =>
    live.seen('dialplan', (it) => (it['Request'] as Message)['Msg-ID'] === messageId);

  it('and another goes on where it was; what the dead one still says is refused', async () => {
    const call = await live.answered(alice);
    await first.checkpoint(call.id, callOf(call.id), { Note: { digits: '12' } });
    await second.listen();
    const owner = live.bus.named('route_req').at(-1)?.['Node'] === one.node ? one : two;
    live.bus.kill(first.bus);
    const died = performance.now();
    const body = await live.until('the resume', () => second.resumed[0]);
    expect(performance.now() - died).to.be.below(4_000);
    expect(body).to.include({ Node: owner.node });
    expect(body['Note']).to.deep.equal({ digits: '12' });
    const vars = (body['Call'] as Message)['Custom-Channel-Vars'] as Message;
    await live.until('usurp_control', () => second.usurped.find((it) => it['Fetch-ID'] === vars['Fetch-ID']));
    const played = await second.command(call.id, 'play', { 'Media-Name': 'tone_stream://%(200,0,440)' });
    expect(await live.completed(played)).to.include({ 'Application-Response': 'FILE PLAYED' });
    expect(second.resumed, 'it is asked once').to.have.length(1);
    // One that was only stopped.
    const late = new Controller(live, 'callflow@first');
    Object.assign(late, { bus: { ...late.bus, serverId: first.bus.serverId } });
    expect(
      (await refused(await late.command(call.id, 'play', { 'Media-Name': 'silence_stream://10' })))[
        'Error-Message'
      ],
    ).to.match(/another process/);
    await live.end(call.id);
  }).timeout(20_000);

  it('and the ecallmgr with it: who takes over finds the checkpoint on the switch', async () => {
    const call = await live.answered(alice);
    await first.checkpoint(call.id, callOf(call.id), { Note: { digits: '34' } });
    await live.run(call.id, 'noop');
    await second.listen();
    const owner = live.bus.named('route_req').at(-1)?.['Node'] === one.node ? one : two;
    live.bus.kill(first.bus);
    await owner.kill();
    const body = await live.until('the resume', () => second.resumed[0]);
    expect(body['Note']).to.deep.equal({ digits: '34' });
    const played = await second.command(call.id, 'play', { 'Media-Name': 'tone_stream://%(200,0,440)' });
    await live.completed(played);
    await live.end(call.id);
  }).timeout(30_000);

  it('and was only silent: it goes on itself, and what it says behind its checkpoint is run', async () => {
    const call = await live.answered(alice);
    await first.checkpoint(call.id, callOf(call.id));
    live.bus.kill(first.bus);
    await live.until('usurp_control', () =>
      live.bus.named('usurp_control').find((it) => it['Reason'] === 'Controller-Gone'),
    );
    const same = new Controller(live, 'callflow@first');
    Object.assign(same, { bus: { ...same.bus, serverId: first.bus.serverId } });
    let said: Promise<string> | undefined;
    await same.listen((callId) => {
      said ??= same.command(callId, 'noop');
    });
    const noop = await await live.until('the resume', () => said);
    await live.completed(noop);
    await live.end(call.id);
  }).timeout(20_000);

  it('and nobody goes on: it is offered again until somebody does', async () => {
    const call = await live.answered(alice);
    await first.checkpoint(call.id, callOf(call.id));
    live.bus.kill(first.bus);
    await live.until('usurp_control', () =>
      live.bus.named('usurp_control').find((it) => it['Reason'] === 'Controller-Gone'),
    );
    await second.listen();
    await live.until('the resume', () => second.resumed[0]);
    await live.completed(await second.command(call.id, 'noop'));
    await live.end(call.id);
  }).timeout(20_000);

  it('without a checkpoint, before anybody heard anything: who takes the call is asked again', async () => {
    const winner = live.bus.peer('milliwatt@first');
    live.winner = winner;
    const call = await live.call(alice);
    const asked = (): number => live.bus.named('route_req').filter((it) => it['Call-ID'] === call.id).length;
    expect(asked()).to.equal(1);
    live.winner = undefined;
    live.bus.kill(winner);
    await live.until('the second route_req', () => (asked() > 1 ? true : undefined));
    await live.run(call.id, 'answer');
    await live.end(call.id);
  }).timeout(20_000);

  it('without a checkpoint, after the answer: the call is hung up with a cause', async () => {
    const winner = live.bus.peer('milliwatt@first');
    live.winner = winner;
    const call = await live.call(alice);
    await live.run(call.id, 'answer');
    live.bus.kill(winner);
    live.winner = undefined;
    const report = await live.event('report', call.id);
    expect(report).to.include({ 'Hangup-Cause': 'NORMAL_TEMPORARY_FAILURE' });
  }).timeout(20_000);

  it('not, but hands over: another goes on at once, and the first is told', async () => {
    const call = await live.answered(alice);
    await first.hear();
    await second.listen();
    await first.checkpoint(call.id, callOf(call.id));
    await first.checkpoint(call.id, callOf(call.id), {}, { 'Hand-Over': true });
    const body = await live.until('the resume', () => second.resumed[0]);
    const vars = (body['Call'] as Message)['Custom-Channel-Vars'] as Message;
    await live.until('usurp_control', () => first.usurped.find((it) => it['Fetch-ID'] === vars['Fetch-ID']));
    await live.completed(await second.command(call.id, 'noop'));
    await live.end(call.id);
  }).timeout(20_000);

  it('not, but would hand over: when nobody takes the call it keeps it', async () => {
    const call = await live.answered(alice);
    await first.hear();
    await first.checkpoint(call.id, callOf(call.id));
    await first.checkpoint(call.id, callOf(call.id), {}, { 'Hand-Over': true });
    const own = (callOf(call.id)['Custom-Channel-Vars'] as Message)['Fetch-ID'];
    await live.until('its own back', () =>
      first.usurped.find((it) => it['Reason'] === 'Nobody-Else' && it['Fetch-ID'] === own),
    );
    await first.checkpoint(call.id, callOf(call.id));
    await live.completed(await first.command(call.id, 'noop'));
    await live.end(call.id);
  }).timeout(20_000);
});
