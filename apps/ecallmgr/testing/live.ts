// ecallmgr with a switch: our own, or the FreeSWITCH that MIRLITON_FREESWITCH=host:esport:password:sipport names.
import type { Bus } from '../../../core/amqp/index.ts';
import { tokenReq, tokenResp } from '../../../core/messages/authn.ts';
import { type CommandName, commands, controlQueueOf } from '../../../core/messages/dialplan.ts';
import { advertise } from '../../../core/messages/nodes.ts';
import { routeReq, routeResp, routeWin } from '../../../core/messages/route.ts';
import { switchCommand } from '../../../core/messages/switch.ts';
import { type FakeBus, fakeBus } from '../../../core/testing/index.ts';
import type { Phone, PhoneCall } from '../../../test/conformance/eventsocket/phone.ts';
import { openTarget, type Target } from '../../../test/conformance/eventsocket/target.ts';
import { type Address, startCluster, startMember } from './calls.ts';
import { type Member, member, pair } from './pair.ts';

export type { Phone, PhoneCall } from '../../../test/conformance/eventsocket/phone.ts';

export type Message = Record<string, unknown>;

const patience = 8_000;

/** Who calls, as the edge writes it. */
export const edgeHeaders = { 'X-AUTH-Token': 'dev1@acc1', 'X-AUTH-IP': '10.0.0.9' };

export class Live {
  readonly target: Target;
  readonly bus: FakeBus;
  readonly cluster: { stop(): Promise<void> };
  /** What the next calls are answered with; `park` gives them to the test. */
  route: Message = { Method: 'park' };
  /** While false nobody answers who takes a call. */
  answers = true;
  /** Who takes the next calls, when it is not the test itself. */
  winner: Bus | undefined;
  readonly #joined: Member[] = [];
  #serial = 0;

  private constructor(target: Target, bus: FakeBus, cluster: { stop(): Promise<void> }) {
    this.target = target;
    this.bus = bus;
    this.cluster = cluster;
  }

  /** A cluster of one ecallmgr and one switch, whose every caller is `dev1` of `acc1`. */
  static async open(): Promise<Live> {
    const target = await openTarget();
    const bus = fakeBus({ node: 'ecallmgr@live' });
    const { host, eventSocketPort: port, password } = target;
    const live = new Live(target, bus, await startCluster({ host, port, password }, bus));
    await live.#serve();
    return live;
  }

  /** The same with two ecallmgr on the one switch. With `account` its calls are of that one, and routed by others than the test. */
  static async openPair(
    account?: string,
  ): Promise<{ readonly live: Live; readonly one: Member; readonly two: Member }> {
    const target = await openTarget();
    const { host, eventSocketPort: port, password } = target;
    const { tap, one, two } = await pair({ host, port, password });
    const stop = async (): Promise<void> => void (await Promise.all([one.stop(), two.stop()]));
    const live = new Live(target, tap, { stop });
    await live.#serve(account);
    return { live, one, two };
  }

  /**
   * A cluster on two switches, with one ecallmgr for both or one for each. The second is our own, or the FreeSWITCH that
   * MIRLITON_FREESWITCH_2 names; `there` is where its phones are.
   */
  static async openTwo(ecallmgrs: 1 | 2): Promise<{ readonly live: Live; readonly there: Target }> {
    const { target, there, here, other } = await openTargets();
    const bus = fakeBus({ node: 'test@localhost' });
    const members =
      ecallmgrs === 1
        ? [await startMember([here, other], bus, bus.peer('ecallmgr@one'))]
        : [
            await startMember(here, bus, bus.peer('ecallmgr@one')),
            await startMember(other, bus, bus.peer('ecallmgr@two')),
          ];
    const stop = async (): Promise<void> => {
      await Promise.all(members.map((it) => it.stop()));
      await there.stop();
    };
    const live = new Live(target, bus, { stop });
    await live.#serve();
    return { live, there };
  }

  /** The same with two ecallmgr, each for both switches. */
  static async openTwoPair(): Promise<{
    readonly live: Live;
    readonly there: Target;
    readonly one: Member;
    readonly two: Member;
  }> {
    const { target, there, here, other } = await openTargets();
    const { tap, one, two } = await pair([here, other]);
    const stop = async (): Promise<void> => {
      await Promise.all([one.stop(), two.stop()]);
      await there.stop();
    };
    const live = new Live(target, tap, { stop });
    await live.#serve();
    return { live, there, one, two };
  }

  /** One more ecallmgr on the switch; it ends with this. */
  async member(node: string): Promise<Member> {
    const { host, eventSocketPort: port, password } = this.target;
    const joined = await member(this.bus, node, { host, port, password });
    this.#joined.push(joined);
    return joined;
  }

  /** Ends every call, so that the next test begins with none. */
  async clear(): Promise<void> {
    const ids = (name: string): unknown[] => this.bus.named(name).map((it) => it['Call-ID']);
    const over = new Set(ids('report'));
    for (const id of new Set(ids('CHANNEL_CREATE')))
      if (!over.has(id)) await this.order('uuid_kill', String(id));
  }

  /** Phones are reached through the proxy on this port from now on. */
  async edgeAt(port: number): Promise<void> {
    const Roles = { Proxy: { Listeners: { [`udp:127.0.0.1:${port}`]: { proto: 'udp' } } } };
    await this.bus.peer('kamailio@edge').publish(advertise, { Expires: 60_000, Roles } as never);
    await this.bus.settled();
  }

  /** Runs an API command on the switch. */
  async order(command: string, args: string): Promise<Message> {
    return this.bus.request(switchCommand, { Command: command, Args: args });
  }

  async close(): Promise<void> {
    await Promise.all(this.#joined.map((it) => it.stop()));
    await this.cluster.stop();
    await this.target.stop();
  }

  /** What `find` gives once it gives something. Rejects, naming what was awaited, after 8 s or `within` ms. */
  async until<T>(what: string, find: () => T | undefined, within = patience): Promise<T> {
    for (const late = Date.now() + within; Date.now() < late; ) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${what} did not come within ${within} ms`);
  }

  /** The first message of this name that fits, now or later. */
  seen(name: string, fits: (message: Message) => boolean = () => true): Promise<Message> {
    return this.until(name, () => this.bus.named(name).find(fits));
  }

  /** The first event of this name of a call. */
  event(name: string, callId: string, fits: (message: Message) => boolean = () => true): Promise<Message> {
    return this.seen(name, (it) => it['Call-ID'] === callId && fits(it));
  }

  /** A call whose control this test has. */
  async call(phone: Phone, headers: Readonly<Record<string, string>> = edgeHeaders): Promise<PhoneCall> {
    const call = await phone.call('2000', { headers });
    await this.event('route_win', call.id);
    return call;
  }

  /** The same, answered. */
  async answered(phone: Phone): Promise<PhoneCall> {
    const call = await this.call(phone);
    await this.run(call.id, 'answer');
    await call.response(200);
    return call;
  }

  /** Where the commands of a call go, as its controller was told, or has asked for it with an originate. */
  queueOf(callId: string): string {
    const win = this.bus.named('route_win').findLast((it) => it['Call-ID'] === callId);
    return String(win?.['Control-Queue'] ?? controlQueueOf(callId));
  }

  /** Queues a command and returns its Msg-ID, which is given to queue the same one again. */
  async send(
    callId: string,
    name: CommandName,
    fields: Message = {},
    messageId = `${name}-${++this.#serial}`,
  ): Promise<string> {
    const command = { ...fields, 'Call-ID': callId, 'Application-Name': name };
    await this.bus.send(this.queueOf(callId), commands[name] as typeof commands.noop, command as never, {
      messageId,
      serverId: this.bus.serverId,
    });
    return messageId;
  }

  /** The completion of a command; rejects with what its error event says. */
  completed(messageId: string): Promise<Message> {
    return this.until(`the completion of ${messageId}`, () => {
      const refusal = this.bus
        .named('dialplan')
        .find((it) => (it['Request'] as Message | undefined)?.['Msg-ID'] === messageId);
      if (refusal) throw new Error(String(refusal['Error-Message']));
      return this.bus.named('CHANNEL_EXECUTE_COMPLETE').find((it) => it['Msg-ID'] === messageId);
    });
  }

  async run(callId: string, name: CommandName, fields: Message = {}): Promise<Message> {
    return this.completed(await this.send(callId, name, fields));
  }

  /** Hangs up and waits for the record. */
  async end(callId: string): Promise<Message> {
    await this.send(callId, 'hangup', { 'Insert-At': 'now' });
    return this.event('report', callId);
  }

  /** Bridges to a phone that answers; resolves with its call when the two talk. */
  async bridged(callId: string, callee: Phone, fields: Message = {}): Promise<PhoneCall> {
    await this.send(callId, 'bridge', { Endpoints: [endpointOf(callee)], ...fields });
    const taken = await callee.incoming();
    taken.answer();
    await this.event('CHANNEL_BRIDGE', callId, (it) => it['Other-Leg-Call-ID'] === taken.id);
    return taken;
  }

  async #serve(account?: string): Promise<void> {
    const { bus } = this;
    const vars = { 'Account-ID': account ?? 'acc1', 'Authorizing-ID': 'dev1', Realm: 'demo.local' };
    await bus.consume(
      { bindings: [{ exchange: 'callmgr', key: 'authn.#' }], contracts: [tokenReq] },
      (request) => bus.reply(request, tokenResp, { 'Token-Data': vars, 'Custom-Channel-Vars': vars }),
    );
    if (account !== undefined) return;
    const wins = await bus.consume({ addressed: true, bindings: [], contracts: [routeWin] }, () => undefined);
    await bus.consume(
      { bindings: [{ exchange: 'callmgr', key: 'route.#' }], contracts: [routeReq] },
      async ({ message }) => {
        if (!this.answers) return;
        await bus.send(message['Server-ID'] ?? '', routeResp, this.route as { Method: 'park' }, {
          messageId: message['Msg-ID'] ?? '',
          serverId: this.winner?.serverId ?? wins.queue,
        });
      },
    );
  }
}

/** Two switches, with the addresses at which an ecallmgr finds them. */
async function openTargets() {
  const [target, there] = [await openTarget(), await openTarget('MIRLITON_FREESWITCH_2')];
  const [here, other] = [target, there].map(({ host, eventSocketPort: port, password }, index) => ({
    host,
    port,
    password,
    name: `freeswitch@media${index + 1}`,
  })) as [Address, Address];
  return { target, there, here, other };
}

/** How a phone is bridged to. */
export const endpointOf = (phone: Phone, fields: Message = {}): Message => ({
  'Invite-Format': 'route',
  Route: `sip:${phone.name}@127.0.0.1:${phone.port}`,
  'Account-ID': 'acc1',
  ...fields,
});
