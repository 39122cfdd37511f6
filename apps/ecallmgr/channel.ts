// What is known of one leg: kept from its events for queries, for its control, and for events that come before its variables.

import { partnerIn } from './dump.ts';
import { addressFields, otherLegOf } from './events/fields.ts';
import { callIdOf, type SwitchEvent, variable } from './freeswitch/index.ts';
import { Running } from './recordings.ts';
import { Past } from './survival/past.ts';
import { channelVarsOf, type Vars } from './variables.ts';

/** Whose leg it is: one ecallmgr publishes its events, controls it and writes its CDR. */
export type Ownership = 'unknown' | 'ours' | 'theirs';

// A leg whose owner is not known for so many events is in trouble anyway.
const heldLimit = 200;

/** One leg. Small on purpose: thousands of them are kept. */
export class Channel {
  readonly callId: string;
  readonly direction: string;
  ownership: Ownership = 'unknown';
  /** The ecallmgr whose leg it is, as far as is known. */
  owner: string | undefined;
  /** It is being claimed. */
  settling = false;
  /** Its owner was another ecallmgr before. */
  inherited = false;
  /** It has ended on the switch. */
  over = false;
  answered = false;
  /** The caller has heard something: ringing, media or an answer. */
  setUp = false;
  bridged = false;
  /** A route was asked for, so it is never asked for again. */
  routed = false;
  /** Sent on to a number once it had answered: it is routed like a call that comes in. */
  transferred = false;
  /** Takes the place of another leg, and is controlled by whom that was controlled by. */
  replaces = false;
  /** The leg that has taken the place of this one. */
  successor: Channel | undefined;
  /** Its switch calls another one to join it with a call there: `sought` until it is told so, then what is told when it is done. */
  elsewhere: 'sought' | SwitchEvent | undefined;
  /** The transferee for whom its switch has made this leg by itself. */
  readonly soughtFor: string | undefined;
  /** The completion of a bridge that goes on without its application. */
  bridging: SwitchEvent | undefined;
  /** The claim in the switch is to be given up at the end. */
  claimed = false;
  /** Why the caller may not call. */
  refused: unknown;
  otherLeg: string | undefined;
  destination = '';
  callerIdName = '';
  callerIdNumber = '';
  to = '';
  from = '';
  request = '';
  name = '';
  createdAt = Date.now();
  fromTag: string | undefined;
  toTag: string | undefined;
  presenceId: string | undefined;
  /** Custom-Channel-Vars that were decided here: they count at once, whether they have reached the channel or not. */
  decided: Record<string, unknown> = {};
  readonly recordings = new Running();
  #past: Past | undefined;
  #seen: Record<string, unknown> = {};
  /** Events that wait until it is known whose leg it is, or whether its owner has lived to tell them. */
  #held: SwitchEvent[] = [];
  #heldBefore: SwitchEvent[] = [];

  constructor(event: SwitchEvent) {
    this.callId = callIdOf(event);
    this.direction = event['Call-Direction'] ?? '';
    // The headers between switches are taken from the leg when it is claimed.
    this.soughtFor = this.direction === 'outbound' ? variable(event, 'sip_h_X-FS-Refer-For') : undefined;
    this.update(event);
  }

  /** Takes over what an event says. */
  update(event: SwitchEvent): void {
    const { To = '', From = '', Request = '' } = addressFields(event);
    this.to = To;
    this.from = From;
    this.request = Request;
    this.name = event['Channel-Name'] ?? this.name;
    this.destination = event['Caller-Destination-Number'] ?? this.destination;
    this.callerIdName = event['Caller-Caller-ID-Name'] ?? this.callerIdName;
    this.callerIdNumber = event['Caller-Caller-ID-Number'] ?? this.callerIdNumber;
    this.fromTag = variable(event, 'sip_from_tag') ?? this.fromTag;
    this.toTag = variable(event, 'sip_to_tag') ?? this.toTag;
    this.presenceId = variable(event, 'presence_id') ?? this.presenceId;
    this.otherLeg = otherLegOf(event) ?? this.otherLeg;
    const created = Number(event['Caller-Channel-Created-Time']);
    if (created > 0) this.createdAt = created / 1000;
    if (event['Answer-State'] === 'answered') this.answered = true;
    if (event['Event-Name'] === 'CHANNEL_DESTROY') this.over = true;
    if (event['Event-Name'] === 'CHANNEL_BRIDGE') this.bridged = true;
    if (event['Event-Name'] === 'CHANNEL_UNBRIDGE') this.bridged = false;
    this.#seen = channelVarsOf(event);
    if (event['Record-File-Path'] !== undefined) this.recordings.take(event);
  }

  /** What others have run on it. */
  get past(): Past {
    this.#past ??= new Past();
    return this.#past;
  }

  /** Takes over what the switch says of it when asked, given whether another leg lives. */
  learn(dump: SwitchEvent, lives: (callId: string) => boolean): void {
    this.update(dump);
    const partner = partnerIn(dump);
    this.bridged = partner !== undefined && lives(partner);
    if (this.bridged) this.otherLeg = partner;
  }

  /** Keeps an event until it is known who tells it. */
  hold(event: SwitchEvent): void {
    if (this.#held.length < heldLimit) this.#held.push(event);
  }

  /** Its owner lives: what was held two beats ago has been told. */
  age(): void {
    this.#heldBefore = this.#held;
    this.#held = [];
    this.#past?.age();
  }

  /** The last event of this name that is held. */
  lastHeld(name: string): SwitchEvent | undefined {
    return [...this.#heldBefore, ...this.#held].findLast((event) => event['Event-Name'] === name);
  }

  /** Takes all events that are held, oldest first. */
  takeHeld(): SwitchEvent[] {
    const held = [...this.#heldBefore, ...this.#held];
    this.#heldBefore = [];
    this.#held = [];
    return held;
  }

  get holds(): number {
    return this.#heldBefore.length + this.#held.length;
  }

  /** False for loopback and other legs without a SIP dialog. */
  get bySip(): boolean {
    return this.name.startsWith('sofia/');
  }

  /** Another leg tells that the two are bridged, or no more. */
  meetPeer(peer: Channel): void {
    this.bridged = peer.bridged;
    this.otherLeg = peer.callId;
  }

  decide(vars: Vars): void {
    this.decided = { ...this.decided, ...vars };
  }

  /** Its Custom-Channel-Vars. */
  get vars(): Record<string, unknown> {
    return { ...this.#seen, ...this.decided };
  }

  /** A channel variable as text. */
  get(key: string): string | undefined {
    const value = this.decided[key] ?? this.#seen[key];
    return value === undefined || value === '' ? undefined : String(value);
  }

  /** The CHANNEL_DESTROY that was missed, as exactly as can be known. */
  unseenEnd(): SwitchEvent {
    const now = Date.now();
    const seconds = String(Math.round((now - this.createdAt) / 1000));
    return {
      'Event-Name': 'CHANNEL_DESTROY',
      'Event-Date-Timestamp': String(now * 1000),
      'Unique-ID': this.callId,
      'Call-Direction': this.direction,
      'Channel-Name': this.name,
      'Channel-State': 'CS_REPORTING',
      'Caller-Channel-Created-Time': String(Math.round(this.createdAt * 1000)),
      'Caller-Caller-ID-Name': this.callerIdName,
      'Caller-Caller-ID-Number': this.callerIdNumber,
      'Caller-Destination-Number': this.destination,
      'Hangup-Cause': 'RECOVERY_ON_TIMER_EXPIRE',
      variable_sip_to_uri: this.to,
      variable_sip_from_uri: this.from,
      variable_sip_req_uri: this.request,
      variable_duration: seconds,
      variable_billsec: this.answered ? seconds : '0',
    };
  }
}
