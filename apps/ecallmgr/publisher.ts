// Call events onto the bus. One that cannot be published is counted and logged: nothing in a call waits for it.
import type { Bus } from '../../core/amqp/index.ts';
import { AppError } from '../../core/errors/index.ts';
import type { Logger } from '../../core/log/index.ts';
import { type CallEventName, callEvent } from '../../core/messages/call.ts';
import { conferenceEvent } from '../../core/messages/conference.ts';
import { dialogUpdate } from '../../core/messages/presence.ts';
import type { Channel } from './channel.ts';
import { conferenceEventOf } from './conferences/event.ts';
import type { Completion } from './control/command.ts';
import { type CallEventFields, type EventContext, timestampOf, translate } from './events/index.ts';
import { callIdOf, type SwitchEvent } from './freeswitch/index.ts';
import type { Meters } from './meters.ts';
import type { Outbox } from './outbox.ts';
import { dialogOf } from './presence.ts';

export class Publisher {
  readonly #bus: Bus;
  readonly #switchName: string;
  readonly #meters: Meters;
  readonly #log: Logger;

  constructor(bus: Bus, switchName: string, meters: Meters, log: Logger) {
    this.#bus = bus;
    this.#switchName = switchName;
    this.#meters = meters;
    this.#log = log;
  }

  /** What is told of a leg beside its events. */
  contextOf(channel: Channel | undefined): EventContext {
    return { switchName: this.#switchName, channelVars: channel?.decided };
  }

  /** Publishes an event of the switch, when the bus knows its like. `completion` makes it the end of a command. */
  event(channel: Channel, event: SwitchEvent, completion?: Completion): void {
    const fields = translate(event, this.contextOf(channel));
    if (!fields) return;
    const messageId = completion ? event['Application-UUID'] : numberOf(event);
    this.#send({ ...fields, ...completion }, messageId).catch(() => undefined);
  }

  /** Publishes what lamps show of the leg from this event on, when that is something else than before. */
  lamps(channel: Channel, event: SwitchEvent): void {
    const fields = dialogOf(channel, event);
    if (!fields) return;
    const number = numberOf(event);
    this.#bus
      .publish(dialogUpdate, fields, number === undefined ? {} : { messageId: `${number}-dialog` })
      .catch((error: unknown) => {
        this.#meters.unpublished('dialog_update');
        this.#log.warn('lamps could not be told', { callId: channel.callId, error });
      });
  }

  /** Publishes an event that somebody must hear, however long the broker is away. */
  surely(channel: Channel, event: SwitchEvent, outbox: Outbox): void {
    const fields = translate(event, this.contextOf(channel));
    if (fields)
      outbox.send(callEvent, fields, {
        id: numberOf(event) ?? `${callIdOf(event)}-${event['Record-File-Path']}`,
      });
  }

  /** Publishes what the switch says of a channel under another name. */
  async as(name: CallEventName, event: SwitchEvent, channel: Channel | undefined): Promise<void> {
    const fields = translate({ ...event, 'Event-Name': 'CHANNEL_CREATE' }, this.contextOf(channel));
    if (!fields) throw new AppError('unspecified_fault', { message: `${callIdOf(event)} cannot be told of` });
    await this.#send({ ...fields, 'Event-Name': name });
  }

  /** Publishes that a leg has been joined by another, which `event` tells of. */
  joined(channel: Channel, by: Channel, event: SwitchEvent): void {
    const fields = {
      'Event-Name': 'CHANNEL_BRIDGE' as const,
      'Call-ID': channel.callId,
      'Call-Direction': channel.direction,
      Timestamp: timestampOf(event),
      'Other-Leg-Call-ID': by.callId,
      'Other-Leg-Direction': by.direction,
      'Other-Leg-Caller-ID-Name': by.callerIdName,
      'Other-Leg-Caller-ID-Number': by.callerIdNumber,
      'Switch-Nodename': this.#switchName,
      'Custom-Channel-Vars': channel.vars,
    };
    // A number of its own: whoever is told again must not take it for what he has heard.
    this.#send(fields, undefined).catch(() => undefined);
  }

  /** Publishes that a leg is sent to a number by an order. */
  transferred(channel: Channel, number: string): void {
    const fields = {
      'Event-Name': 'CHANNEL_TRANSFEREE' as const,
      'Call-ID': channel.callId,
      'Call-Direction': channel.direction,
      'Other-Leg-Call-ID': channel.otherLeg,
      'Switch-Nodename': this.#switchName,
      'Custom-Channel-Vars': channel.vars,
      'Transfer-Type': 'blind',
      'Transfer-To': number,
    };
    this.#send(fields, undefined).catch(() => undefined);
  }

  /** Publishes the completion of a command that no event of the switch completes. */
  async completion(channel: Channel, messageId: string, completion: Completion): Promise<void> {
    await this.#send(
      {
        'Event-Name': 'CHANNEL_EXECUTE_COMPLETE',
        'Call-ID': channel.callId,
        'Call-Direction': channel.direction,
        'Switch-Nodename': this.#switchName,
        'Custom-Channel-Vars': channel.vars,
        ...completion,
      },
      messageId,
    );
  }

  /** Publishes an event of a conference: of a leg in it, or of the whole, whose account is given then. */
  conference(event: SwitchEvent, channel: Channel | undefined, account?: string): void {
    const fields = conferenceEventOf(event, channel, account);
    if (!fields) return;
    const messageId = numberOf(event);
    this.#bus
      .publish(conferenceEvent, fields, messageId === undefined ? {} : { messageId })
      .catch((error: unknown) => {
        this.#meters.unpublished(fields.Event);
        this.#log.warn('an event of a conference could not be published', { event: fields.Event, error });
      });
  }

  async #send(fields: CallEventFields, messageId?: string): Promise<void> {
    try {
      await this.#bus.publish(callEvent, fields, messageId === undefined ? {} : { messageId });
    } catch (error) {
      const event = fields['Event-Name'] ?? '';
      this.#meters.unpublished(event);
      this.#log.warn('an event could not be published', { event, callId: fields['Call-ID'], error });
      throw error;
    }
  }
}

/**
 * The switch's own number of an event as its Msg-ID: when one ecallmgr died and another tells its last events again,
 * those who had heard them know it.
 */
export function numberOf(event: SwitchEvent): string | undefined {
  const { 'Core-UUID': core, 'Event-Sequence': number } = event;
  return core === undefined || number === undefined ? undefined : `${core}-${number}`;
}
