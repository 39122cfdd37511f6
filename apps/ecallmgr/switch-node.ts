// One switch: its channels, whose each is, and what its events lead to.
import { randomBytes } from 'node:crypto';
import type { AppContext } from '../../core/app/index.ts';
import { errorText } from '../../core/errors/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { atLast, givesWay, goesOn } from './bypass.ts';
import { type CdrOutbox, cdrOf } from './cdr.ts';
import { Channel } from './channel.ts';
import { Claims } from './claims.ts';
import { isQuiet, type Surroundings } from './control/call.ts';
import { Control, controlQueueOf } from './control/control.ts';
import { callIdOf, channelVar, SwitchClient, type SwitchEvent } from './freeswitch/index.ts';
import type { Media } from './media.ts';
import type { Meters } from './meters.ts';
import { Publisher } from './publisher.ts';
import { Recent } from './recent.ts';
import { resync } from './resync.ts';
import { admit } from './routing/admission.ts';
import type { Callers } from './routing/callers.ts';
import type { Edges } from './routing/edges.ts';
import { routeParked } from './routing/parked.ts';
import { replaced, transferred } from './transfer.ts';
import { asChannelVariables, privateHeaders } from './variables.ts';

/** What all switches of a process share. */
export interface Shared {
  readonly context: AppContext;
  readonly callers: Callers;
  readonly edges: Edges;
  readonly media: Media;
  readonly meters: Meters;
  readonly outbox: CdrOutbox;
}

export interface SwitchSettings {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly name?: string;
}

// Set once on every call that is ours: a bridge that fails or ends leaves the call to its controller.
const standing = {
  continue_on_fail: 'true',
  hangup_after_bridge: 'false',
  sip_redirect_context: 'context_2',
};
// A leg whose owner is not known for so many events is in trouble anyway.
const heldLimit = 200;

export class SwitchNode {
  readonly name: string;
  readonly client: SwitchClient;
  readonly channels = new Map<string, Channel>();
  readonly controls = new Map<string, Control>();
  readonly claims: Claims;
  readonly around: Surroundings;
  /** Takes no new calls from here (originate) and is not advertised. */
  paused = false;
  instance = '';
  recordings = '/tmp';
  interfaces: Readonly<Record<string, unknown>> = {};
  startup = 0;
  readonly #shared: Shared;
  readonly #publisher: Publisher;
  #onChange: () => void = () => undefined;
  // Events of a leg may trail its end; its record must not be written again for them.
  readonly #gone = new Recent(10_000);

  constructor(settings: SwitchSettings, shared: Shared) {
    const { context, meters, edges, media } = shared;
    this.#shared = shared;
    this.name =
      settings.name ?? `freeswitch@${settings.host}${settings.port === 8021 ? '' : `:${settings.port}`}`;
    const log = context.log.child(this.name);
    this.#publisher = new Publisher(context.bus, this.name, meters, log);
    this.client = new SwitchClient({
      ...settings,
      log,
      onEvent: (event) => this.take(event),
      onUp: async () => {
        await resync(this, log);
        log.info('the switch is up', { channels: this.channels.size });
        this.#onChange();
      },
      onDown: (reason) => {
        log.error('the switch is gone', { reason: reason.message });
        this.#onChange();
      },
      count: (what) => meters.client(what),
    });
    this.claims = new Claims(this.client, context.node, log);
    this.around = {
      client: this.client,
      switchName: this.name,
      node: context.node,
      recordings: () => this.recordings,
      media,
      proxy: () => edges.address(),
      tell: (event, name) => this.#publisher.as(name, event, this.channels.get(callIdOf(event))),
      tellCompletion: (channel, id, completion) => this.#publisher.completion(channel, id, completion),
      log,
    };
  }

  get node(): string {
    return this.#shared.context.node;
  }

  /** Connects and stays connected; `onChange` is told when the switch has come or gone. */
  start(onChange: () => void): void {
    this.#onChange = onChange;
    this.client.start();
  }

  /** Channels of ours. */
  get ours(): Channel[] {
    return [...this.channels.values()].filter(({ ownership }) => ownership === 'ours');
  }

  /** Takes one event of the switch. */
  take(event: SwitchEvent): void {
    this.#shared.meters.lag(event['Event-Date-Timestamp']);
    if (event['Event-Name'] === 'HEARTBEAT') return;
    const callId = callIdOf(event);
    if (callId === '' || this.#gone.has(callId)) return;
    const channel = this.channels.get(callId) ?? this.meet(event);
    channel.update(event);
    // FreeSWITCH tells of a bridge on one leg only.
    const peer = this.channels.get(event['Bridge-B-Unique-ID'] ?? '');
    if (peer && peer !== channel) peer.meetPeer(channel);
    if (event['Event-Name'] === 'CHANNEL_UNBRIDGE') this.#parted(event);
    if (channel.ownership === 'ours') this.#handle(channel, event);
    else if (channel.ownership === 'unknown' && channel.held.length < heldLimit) channel.held.push(event);
    if (channel.ownership !== 'unknown' && event['Event-Name'] === 'CHANNEL_DESTROY') this.#forget(channel);
  }

  #parted({ 'Bridge-A-Unique-ID': a, 'Bridge-B-Unique-ID': b }: SwitchEvent): void {
    this.controls.get(a ?? '')?.call.parted(b);
    this.controls.get(b ?? '')?.call.parted(a);
  }

  /** The end of a bridge whose application was over before. */
  #conclude(channel: Channel, end: SwitchEvent): void {
    const completion = channel.bridging;
    if (!completion) return;
    channel.bridging = undefined;
    const callee = this.channels.get(channel.otherLeg ?? '');
    this.#executed(channel, atLast(completion, end, callee?.answered !== false));
  }

  /** A leg seen for the first time: finds out whose it is. `again` when it may have been ours before. */
  meet(event: SwitchEvent, again = false): Channel {
    const channel = new Channel(event);
    this.channels.set(channel.callId, channel);
    const owner = channelVar(event, 'Ecallmgr-Node');
    if (owner !== undefined) {
      channel.ownership = owner === this.node ? 'ours' : 'theirs';
      // The inner half of a loopback has inherited its outer half's variables, but it is a call of its own.
      const own = channel.get('Control-Queue') === controlQueueOf(channel.callId);
      if (channel.ownership === 'ours' && channel.direction === 'inbound' && !own)
        this.#adopt(channel, event, {});
    } else this.settle(channel, event, again);
    return channel;
  }

  /** Claims a leg that nobody has yet, and learns meanwhile who calls. */
  settle(channel: Channel, event: SwitchEvent, again = false): void {
    withLogContext({ callId: channel.callId }, () => this.#settle(channel, event, again)).catch(
      (error: unknown) =>
        // Its events stay held: after a reconnect it is tried again.
        this.around.log.warn('a leg could not be claimed', {
          callId: channel.callId,
          error: errorText(error),
        }),
    );
  }

  async #settle(channel: Channel, event: SwitchEvent, again: boolean): Promise<void> {
    const { callers, edges, meters } = this.#shared;
    const admission = admit(event, callers, edges).then(
      (vars) => ({ vars, refused: undefined }),
      (refused: unknown) => ({ vars: {}, refused }),
    );
    const [{ vars, refused }, first] = await Promise.all([admission, this.claims.take(channel.callId)]);
    if (!first && !(again && (await this.claims.owns(channel.callId)))) {
      meters.claimLost();
      channel.ownership = 'theirs';
      if (channel.held.some((held) => held['Event-Name'] === 'CHANNEL_DESTROY')) this.#forget(channel);
      channel.held = [];
      return;
    }
    channel.claimed = true;
    channel.refused = refused;
    this.#adopt(channel, event, vars);
    for (const held of channel.held.splice(0)) {
      this.#handle(channel, held);
      if (held['Event-Name'] === 'CHANNEL_DESTROY') this.#forget(channel);
    }
  }

  /** Writes on the channel that it is ours and what we know of it, so that another process can go on with it. */
  #adopt(channel: Channel, event: SwitchEvent, vars: Readonly<Record<string, unknown>>): void {
    channel.ownership = 'ours';
    channel.decide({
      ...vars,
      'Fetch-ID': randomBytes(16).toString('hex'),
      'Ecallmgr-Node': this.node,
      'Control-Queue': controlQueueOf(channel.callId),
    });
    const variables = { ...standing, ...asChannelVariables(channel.decided) };
    this.client
      // FreeSWITCH copies the headers of an INVITE to the legs it makes, and who calls is nobody's business there.
      .setVariables(channel.callId, variables, privateHeaders(event))
      .catch((error: unknown) =>
        this.around.log.debug('a leg could not be marked', { error: errorText(error) }),
      );
  }

  #handle(channel: Channel, event: SwitchEvent): void {
    switch (event['Event-Name']) {
      case 'CHANNEL_PARK':
        this.park(channel, event);
        break;
      case 'CHANNEL_EXECUTE_COMPLETE':
        if (goesOn(event)) channel.bridging = event;
        else this.#executed(channel, event);
        break;
      case 'CHANNEL_UNBRIDGE':
        if (givesWay(event)) break;
        this.#publisher.event(channel, event);
        this.#conclude(channel, event);
        break;
      case 'CHANNEL_DESTROY':
        this.#conclude(channel, event);
        this.#publisher.event(channel, event);
        this.#destroyed(channel, event);
        break;
      case 'CUSTOM':
        // The event of the one who is sent to another leg does not say so.
        this.#publisher.event(channel, event, channel.replaces ? { 'Transfer-Type': 'attended' } : undefined);
        if (event['Event-Subclass'] === 'sofia::transferee') transferred(this, channel);
        if (event['Event-Subclass'] === 'sofia::replaced') replaced(this, channel, event);
        break;
      default:
        this.#publisher.event(channel, event);
    }
  }

  #executed(channel: Channel, event: SwitchEvent): void {
    const control = this.controls.get(channel.callId);
    if (control && control.call.callId !== channel.callId) {
      // Never rejects: what cannot be published is logged.
      void control.inherit(event).catch(() => undefined);
      return;
    }
    if (!isQuiet(event)) this.#publisher.event(channel, event, control?.completion(event));
    control?.call.complete(event);
  }

  #destroyed(channel: Channel, event: SwitchEvent): void {
    this.#shared.meters.leg(channel.direction);
    this.#shared.outbox.send(cdrOf(channel, event, this.#publisher.contextOf(channel)));
    const control = this.controls.get(channel.callId);
    // A call that another leg has taken over goes on there.
    if (control?.call.callId === channel.callId) control.hangup(event['Hangup-Cause']);
    else this.controls.delete(channel.callId);
    if (!channel.claimed) return;
    this.claims
      .release(channel.callId)
      .catch((error: unknown) =>
        this.around.log.debug('a claim was not released', { error: errorText(error) }),
      );
  }

  #forget(channel: Channel): void {
    this.channels.delete(channel.callId);
    this.#gone.add(channel.callId);
  }

  /** A parked leg that came in and has no controller yet is routed, once. */
  park(channel: Channel, event: SwitchEvent): void {
    this.controls.get(channel.callId)?.call.parked();
    const wanted = channel.direction === 'inbound' || channel.transferred;
    if (!wanted || channel.routed || channel.replaces) return;
    channel.routed = true;
    const ids = { callId: channel.callId, accountId: channel.get('Account-ID') };
    withLogContext(ids, () => routeParked(this, this.#shared, channel, event)).catch((error: unknown) =>
      this.around.log.error('a call could not be routed', { error }),
    );
  }

  /** Opens the control of a call. */
  control(channel: Channel, fetchId: string): Control {
    const { context, meters } = this.#shared;
    const control: Control = new Control({
      channel,
      around: this.around,
      bus: context.bus,
      actors: context.actors,
      fetchId,
      countCommand: (name) => meters.command(name),
      onClosed: () => {
        for (const [callId, it] of this.controls) if (it === control) this.controls.delete(callId);
      },
    });
    this.controls.set(channel.callId, control);
    return control;
  }

  /** A leg that ended while we did not look: told like any other end, as exactly as can be known. */
  lost(channel: Channel): void {
    const event = channel.unseenEnd();
    if (channel.ownership === 'ours') this.#handle(channel, event);
    this.#forget(channel);
  }

  /** Takes the switch out of what gets new calls, or back in. */
  pause(paused: boolean): void {
    this.paused = paused;
    this.#onChange();
  }

  /** Lets go of everything; the calls go on. */
  async stop(): Promise<void> {
    for (const control of [...this.controls.values()]) control.close();
    await this.client.stop();
  }
}
