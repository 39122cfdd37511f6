// One switch: its channels, whose each is, and what its events lead to.
import type { Subscription } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import { errorText } from '../../core/errors/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { endings } from './bypass.ts';
import { Channel } from './channel.ts';
import { isOfConference } from './conferences/event.ts';
import { Conferences } from './conferences/known.ts';
import { takeConferenceEvent } from './conferences/telling.ts';
import type { Surroundings } from './control/call.ts';
import { Control } from './control/control.ts';
import type { ControlQueues } from './control/queues.ts';
import { callIdOf, SwitchClient, type SwitchEvent } from './freeswitch/index.ts';
import { Handling } from './handling.ts';
import type { Media } from './media.ts';
import type { Meters } from './meters.ts';
import { arrive, jobOf } from './moving/arrival.ts';
import type { Devices } from './moving/devices.ts';
import type { Outbox } from './outbox.ts';
import { Publisher } from './publisher.ts';
import type { Callers } from './routing/callers.ts';
import type { Edges } from './routing/edges.ts';
import { routeParked } from './routing/parked.ts';
import { surroundingsOf } from './surroundings.ts';
import { Claims } from './survival/claims.ts';
import { findEnd } from './survival/ends.ts';
import { Lease } from './survival/lease.ts';
import { Legs } from './survival/legs.ts';
import { identify } from './survival/ownership.ts';
import { resync } from './survival/resync.ts';
import { sweep } from './survival/sweep.ts';
import { reclaim } from './survival/takeover.ts';
import { Watch } from './survival/watch.ts';
import { isSeeking, replaced, reroute, sentOn, takeSentOn } from './transfer.ts';
import { serveUploads } from './uploads.ts';

/** What all switches of a process share. */
export interface Shared {
  readonly context: AppContext;
  readonly callers: Callers;
  readonly edges: Edges;
  readonly devices: Devices;
  readonly media: Media;
  readonly meters: Meters;
  readonly outbox: Outbox;
  readonly queues: ControlQueues;
  /** All switches of this process. */
  readonly nodes: () => readonly SwitchNode[];
}

export interface SwitchSettings {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly name?: string;
}

export class SwitchNode {
  readonly name: string;
  readonly client: SwitchClient;
  readonly legs = new Legs((leg) => this.shared.devices.ended(leg));
  readonly conferences = new Conferences((callId) => this.channels.get(callId)?.get('Account-ID'));
  readonly controls = new Map<string, Control>();
  readonly claims: Claims;
  readonly lease: Lease;
  /** The channels were compared with the switch since it was connected. */
  compared = false;
  readonly around: Surroundings;
  /** Takes no new calls from here (originate) and is not advertised. */
  paused = false;
  instance = '';
  recordings = '/tmp';
  interfaces: Readonly<Record<string, unknown>> = {};
  startup = 0;
  readonly shared: Shared;
  readonly publisher: Publisher;
  readonly #watch: Watch;
  readonly #stopping = new AbortController();
  #sweeping = false;
  readonly #handling: Handling;
  #onChange: () => void = () => undefined;
  #uploads: Promise<Subscription> | undefined;

  constructor(settings: SwitchSettings, shared: Shared) {
    const { context, meters } = shared;
    this.shared = shared;
    this.name =
      settings.name ?? `freeswitch@${settings.host}${settings.port === 8021 ? '' : `:${settings.port}`}`;
    const log = context.log.child(this.name);
    const publisher = new Publisher(context.bus, this.name, meters, log);
    this.publisher = publisher;
    this.#handling = new Handling(this, publisher);
    this.client = new SwitchClient({
      ...settings,
      log,
      onEvent: (event) => this.take(event),
      mayHandle: () => this.lease.holds,
      onUp: async () => {
        await this.lease.beat();
        this.#watch.start();
        await resync(this, log);
        this.#sweep();
        log.info('the switch is up', { channels: this.channels.size });
        this.#onChange();
      },
      onDown: (reason) => {
        this.compared = false;
        log.error('the switch is gone', { reason: reason.message });
        this.#onChange();
      },
      count: (what) => meters.client(what),
    });
    this.lease = new Lease({
      client: this.client,
      node: context.node,
      log,
      onGivenUp: (before) => {
        shared.queues.renew();
        return reclaim(this, before);
      },
      onRegained: () => this.client.resume(),
    });
    this.claims = new Claims(this.client, () => this.lease.owner, log);
    this.#watch = new Watch(this);
    this.around = surroundingsOf(this, publisher, this.#handling);
  }

  get node(): string {
    return this.shared.context.node;
  }

  /** Connects and stays connected; `onChange` is told when the switch has come or gone. */
  start(onChange: () => void): void {
    this.#onChange = onChange;
    this.client.start();
    this.#uploads = serveUploads(this);
    this.#uploads.catch((error: unknown) => this.around.log.error('uploads are not served', { error }));
  }

  /** Channels of ours. */
  get ours(): Channel[] {
    return this.legs.ours;
  }

  get channels(): ReadonlyMap<string, Channel> {
    return this.legs.live;
  }

  /** Takes one event of the switch. */
  take(event: SwitchEvent): void {
    this.shared.meters.lag(event['Event-Date-Timestamp']);
    if (event['Event-Name'] === 'HEARTBEAT') return;
    if (isOfConference(event)) {
      // What it says of the leg may be less than is known: the profile decides.
      takeConferenceEvent(this, event);
      return;
    }
    if (event['Event-Subclass'] === sentOn) {
      takeSentOn(this, event);
      return;
    }
    const callId = callIdOf(event);
    if (callId === '' || this.legs.isGone(callId)) return;
    const channel = this.channels.get(callId) ?? this.meet(event);
    channel.update(event);
    if (event['Event-Name'] === 'CHANNEL_ANSWER') this.shared.devices.answered(channel, this);
    if (isSeeking(this, channel, event)) return;
    // FreeSWITCH tells of a bridge on one leg only.
    const peer = this.channels.get(event['Bridge-B-Unique-ID'] ?? '');
    if (peer && peer !== channel) {
      peer.meetPeer(channel);
      if (event['Event-Name'] === 'CHANNEL_BRIDGE') this.#handling.joined(peer, channel, event);
    }
    if (event['Event-Name'] === 'CHANNEL_UNBRIDGE') this.#parted(event);
    if (channel.ownership === 'ours') this.#handling.handle(channel, event);
    else this.#keep(channel, event);
    if (channel.over && channel.ownership !== 'unknown') this.legs.forget(channel);
  }

  /** What happens to somebody in a conference is told by who tells of the leg, else kept for the case that this one dies. */
  happened(channel: Channel, event: SwitchEvent): void {
    if (channel.ownership === 'ours') this.#handling.handle(channel, event);
    else channel.hold(event);
  }

  /** Whose leg it is, is not known yet, or another's: then what it lives to tell is not ours to tell. */
  #keep(channel: Channel, event: SwitchEvent): void {
    channel.hold(event);
    if (event['Event-Subclass'] === 'sofia::replaced') replaced(this, channel, event);
    if (event['Event-Name'] === 'CHANNEL_EXECUTE_COMPLETE') channel.past.add(event);
    for (const end of endings(channel, event, this.channels)) {
      channel.past.add(end);
      channel.successor?.past.add(end);
      // Its call is ours as another leg.
      void this.controls
        .get(channel.callId)
        ?.inherit(end)
        .catch((error: unknown) => this.around.log.debug('an end was not told', { error: errorText(error) }));
    }
  }

  /** What calls left behind that nobody heard the end of is looked for from now on. */
  #sweep(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    void sweep(this, this.#stopping.signal);
  }

  #parted(event: SwitchEvent): void {
    const { 'Bridge-A-Unique-ID': a = '', 'Bridge-B-Unique-ID': b = '' } = event;
    // The bridge that a leg leaves for the other one that takes its place is none of that one's.
    for (const [leg, partner] of [
      [a, b],
      [b, a],
    ] as const) {
      const call = this.controls.get(leg)?.call;
      if (call?.callId === leg) call.parted(partner, event);
    }
  }

  /** A leg seen for the first time. */
  meet(event: SwitchEvent): Channel {
    const channel = new Channel(event);
    this.legs.add(channel);
    identify(this, channel, event);
    return channel;
  }

  /** The leg is another's; what happens on it is kept for the case that it dies. */
  leave(channel: Channel, owner: string | undefined): void {
    channel.ownership = 'theirs';
    channel.owner = owner;
    if (channel.over) this.legs.forget(channel);
  }

  /** The leg is ours: what was held is told. */
  release(channel: Channel): void {
    const controlled = this.controls.has(channel.callId);
    for (const held of channel.takeHeld()) {
      // The end of a command is told when that comes again, and else has been told.
      if (controlled && channel.inherited && held['Event-Name'] === 'CHANNEL_EXECUTE_COMPLETE') continue;
      this.#handling.handle(channel, held);
    }
    if (channel.over) this.legs.forget(channel);
  }

  /** Another has taken it while we were given up. */
  lose(channel: Channel): void {
    this.controls.get(channel.callId)?.close();
    this.leave(channel, undefined);
  }

  /** A parked leg that came in and has no controller yet is routed, once. */
  park(channel: Channel, event: SwitchEvent): void {
    this.controls.get(channel.callId)?.call.parked();
    const wanted = channel.direction === 'inbound' || channel.transferred;
    if (!wanted || channel.routed || channel.replaces) return;
    channel.routed = true;
    const job = channel.transferred || channel.refused !== undefined ? undefined : jobOf(channel);
    if (job) {
      arrive(this, channel, job);
      return;
    }
    const ids = { callId: channel.callId, accountId: channel.get('Account-ID') };
    withLogContext(ids, () => routeParked(this, this.shared, channel, event)).catch((error: unknown) =>
      this.around.log.error('a call could not be routed', { error }),
    );
  }

  /** Opens the control of a call; `resumed` when it was controlled before, by another ecallmgr or before a restart. */
  control(channel: Channel, fetchId: string, resumed = false): Control {
    const { context, meters, queues } = this.shared;
    const control: Control = new Control({
      channel,
      around: this.around,
      bus: context.bus,
      queues,
      actors: context.actors,
      fetchId,
      resumed,
      countCommand: (name) => meters.command(name),
      countSuccession: (outcome) => meters.succession(outcome),
      reroute: () => reroute(this, channel),
      onClosed: () => {
        for (const [callId, it] of this.controls) if (it === control) this.controls.delete(callId);
      },
    });
    this.controls.set(channel.callId, control);
    return control;
  }

  /** Tells the end of a leg that nobody here knew, as the switch has noted it. */
  record(end: SwitchEvent): void {
    const channel = new Channel(end);
    channel.ownership = 'ours';
    this.#handling.record(channel, end);
  }

  /** How a leg ended that is gone: as the switch has noted it, else as exactly as can be known. */
  async endOf(channel: Channel): Promise<SwitchEvent> {
    return (await findEnd(this.client, channel.callId)) ?? channel.unseenEnd();
  }

  /** A leg that ended while we did not look: told like any other end. */
  lost(channel: Channel, event: SwitchEvent): void {
    channel.over = true;
    if (channel.ownership === 'ours') this.#handling.handle(channel, event);
    else channel.hold(event);
    this.legs.forget(channel);
  }

  /** Takes the switch out of what gets new calls, or back in. */
  pause(paused: boolean): void {
    this.paused = paused;
    this.#onChange();
  }

  /** True while another ecallmgr lives on this switch. */
  get others(): boolean {
    return this.#watch.peers.anybody;
  }

  /** Gives no sign of life any more, and looks no more after those of others. */
  silence(): Promise<void> {
    return this.#watch.stop();
  }

  /** Lets go of everything; the calls go on. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#uploads?.then((it) => it.stop()).catch(() => undefined);
    await this.silence();
    for (const control of [...this.controls.values()]) control.close();
    if (this.client.connected && this.lease.holds)
      await this.lease
        .release()
        .catch((error: unknown) => this.around.log.debug('not released', { error: errorText(error) }));
    await this.client.stop();
  }
}
