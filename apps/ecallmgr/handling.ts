// What the events of our own legs lead to: they are told on the bus, complete commands, and end in a record.
import { errorText } from '../../core/errors/index.ts';
import { cdrReport } from '../../core/messages/cdr.ts';
import { withTrace } from '../../core/trace/index.ts';
import { runActions } from './actions.ts';
import { endings, givesWay } from './bypass.ts';
import { cdrIdOf, cdrOf } from './cdr.ts';
import type { Channel } from './channel.ts';
import { isOfConference } from './conferences/event.ts';
import { isQuiet } from './control/call.ts';
import type { SwitchEvent } from './freeswitch/index.ts';
import { numberOf, type Publisher } from './publisher.ts';
import { recordLeg, traceOf } from './spans.ts';
import { forgetEnd } from './survival/ends.ts';
import type { SwitchNode } from './switch-node.ts';
import { replaced, transferred } from './transfer.ts';

// Long enough for the slowest of several who want to take over a call that has ended.
const releaseLate = 10_000;

/** The caller hears something for the first time. */
const isSetUp = ({ 'Event-Name': name = '' }: SwitchEvent): boolean =>
  name.startsWith('CHANNEL_PROGRESS') || name === 'CHANNEL_ANSWER';

export class Handling {
  readonly #node: SwitchNode;
  readonly #publisher: Publisher;

  constructor(node: SwitchNode, publisher: Publisher) {
    this.#node = node;
    this.#publisher = publisher;
  }

  /** Handles an event of a leg of ours. */
  handle(channel: Channel, event: SwitchEvent): void {
    withTrace(traceOf(channel), () => this.#told(channel, event));
  }

  #told(channel: Channel, event: SwitchEvent): void {
    if (!channel.setUp && isSetUp(event)) {
      channel.setUp = true;
      if (channel.direction === 'inbound') this.#node.shared.meters.setUp(Date.now() - channel.createdAt);
    }
    this.#react(channel, event);
    this.#publisher.lamps(channel, event);
    switch (event['Event-Name']) {
      case 'CHANNEL_PARK':
        this.#node.park(channel, event);
        break;
      case 'CHANNEL_EXECUTE_COMPLETE':
        this.#executed(channel, event);
        break;
      case 'CHANNEL_UNBRIDGE':
        if (givesWay(event)) break;
        this.#publisher.event(channel, event);
        this.#executed(channel, event);
        break;
      case 'CHANNEL_DESTROY':
        this.#executed(channel, event);
        for (const stop of channel.recordings.unheard(event)) this.#told(channel, stop);
        this.#publisher.event(channel, event);
        this.#destroyed(channel, event);
        break;
      case 'CUSTOM':
        if (isOfConference(event)) {
          this.#publisher.conference(event, channel);
          break;
        }
        // The event of the one who is sent to another leg does not say so.
        this.#publisher.event(channel, event, channel.replaces ? { 'Transfer-Type': 'attended' } : undefined);
        if (event['Event-Subclass'] === 'sofia::transferee') transferred(this.#node, channel, event);
        if (event['Event-Subclass'] === 'sofia::replaced') replaced(this.#node, channel, event);
        break;
      case 'RECORD_STOP':
        this.#publisher.surely(channel, event, this.#node.shared.outbox);
        break;
      case 'DTMF':
        this.#publisher.event(channel, event);
        this.#node.controls
          .get(channel.callId)
          ?.call.custody.pressed(numberOf(event), () => this.#publisher.event(channel, event));
        break;
      default:
        this.#publisher.event(channel, event);
    }
  }

  /** Runs what was to be run at this event. */
  #react(channel: Channel, event: SwitchEvent): void {
    const control = this.#node.controls.get(channel.callId);
    if (control?.call.callId === channel.callId) runActions(control, event);
  }

  /**
   * A leg under control was joined by another one: the switch tells that on the other leg only. Should its controller die
   * before it has told what comes of it, the next one is told again.
   */
  joined(channel: Channel, by: Channel, event: SwitchEvent): void {
    const control = this.#node.controls.get(channel.callId);
    if (channel.ownership !== 'ours' || control?.call.callId !== channel.callId) return;
    const tell = (): void => this.#publisher.joined(channel, by, event);
    tell();
    control.call.custody.joined(tell);
    control.call.joined();
  }

  /** Applications that this event tells the end of. */
  #executed(channel: Channel, event: SwitchEvent): void {
    for (const end of endings(channel, event, this.#node.channels)) this.#ended(channel, end);
  }

  #ended(channel: Channel, event: SwitchEvent): void {
    const control = this.#node.controls.get(channel.callId);
    if (control && control.call.callId !== channel.callId) {
      // Never rejects: what cannot be published is logged.
      void control.inherit(event).catch(() => undefined);
      return;
    }
    // It is told by who controls the leg that has taken the place of this one.
    if (channel.successor && !control) return;
    if (!isQuiet(event)) this.#publisher.event(channel, event, control?.completion(event));
    control?.call.complete(event);
  }

  #destroyed(channel: Channel, event: SwitchEvent): void {
    const { controls } = this.#node;
    this.#node.shared.meters.leg(channel.direction, event['Hangup-Cause']);
    recordLeg(channel, event);
    this.#record(channel, event);
    const control = controls.get(channel.callId);
    // A call that another leg has taken over goes on there.
    if (control?.call.callId === channel.callId) control.hangup(event['Hangup-Cause']);
    else controls.delete(channel.callId);
    if (!channel.claimed) return;
    if (channel.inherited) setTimeout(() => this.#unclaim(channel), releaseLate).unref();
    else this.#unclaim(channel);
  }

  #unclaim({ callId }: Channel): void {
    this.#node.claims
      .release(callId)
      .catch((error: unknown) =>
        this.#node.around.log.debug('a claim was not released', { error: errorText(error) }),
      );
  }

  /** Tells the end of a leg that nothing else is done with. */
  record(channel: Channel, end: SwitchEvent): void {
    channel.over = true;
    this.#publisher.event(channel, end);
    this.#record(channel, end);
    this.#node.legs.forget(channel);
  }

  #record(channel: Channel, end: SwitchEvent): void {
    const { shared, client, around } = this.#node;
    shared.outbox.send(cdrReport, cdrOf(channel, end, this.#publisher.contextOf(channel)), {
      id: cdrIdOf(channel.callId),
      mandatory: true,
      onDone: () =>
        // What stays there is told again, and meets its own id.
        void forgetEnd(client, channel.callId).catch((error: unknown) =>
          around.log.debug('the end of a leg stays on the switch', { error: errorText(error) }),
        ),
    });
  }
}
