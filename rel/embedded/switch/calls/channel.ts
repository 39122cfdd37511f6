// One leg of a call: its variables, its state, its media, and the events that tell of them.

import { EventEmitter } from 'node:events';
import type { EventFields } from '../eventsocket/index.ts';
import type { DtmfDigit, MediaLeg } from '../media/index.ts';
import { causeNumber, type HangupCause } from './causes.ts';
import type { Driver, SwitchCore } from './contract.ts';
import { createDigitQueue } from './digits.ts';
import { createExecutor, type Executor } from './executor.ts';
import { CALL_STATE_NUMBERS, type CallState, type ChannelState, channelHeaders } from './headers.ts';
import { report, watchHooks } from './hooks.ts';
import { type CallerProfile, nowMicros } from './profile.ts';
import { timeVariables } from './stamps.ts';

export interface ChannelEvents {
  ring: [];
  early: [];
  answer: [];
  digit: [DtmfDigit];
  hangup: [HangupCause];
  /** CHANNEL_DESTROY has been sent. */
  destroyed: [];
}

export type VariableValue = string | string[];

/** A channel is made by an endpoint, lives in `core.channels`, and is destroyed once, by `hangup`. */
export class Channel extends EventEmitter<ChannelEvents> {
  readonly core: SwitchCore;
  readonly profile: CallerProfile;
  readonly driver: Driver;
  readonly variables = new Map<string, VariableValue>();
  readonly digits = createDigitQueue();
  readonly executor: Executor;
  state: ChannelState = 'CS_NEW';
  callState: CallState = 'DOWN';
  answered = false;
  early = false;
  ringing = false;
  held = false;
  /** Whether the channel has a dialplan of its own to walk. */
  routed = false;
  cause: HangupCause | undefined;
  leg: MediaLeg | undefined;
  /** The channel that made this one, or that this one made last. */
  other: { channel: Channel; type: 'originator' | 'originatee' } | undefined;
  bridgedTo: Channel | undefined;
  /** Whom the conference rings that this channel joins next. */
  readonly outcalls: string[] = [];

  constructor(core: SwitchCore, profile: CallerProfile, driver: Driver) {
    super();
    this.setMaxListeners(0);
    this.core = core;
    this.profile = profile;
    this.driver = driver;
    this.executor = createExecutor(this);
    watchHooks(this);
    this.set('uuid', profile.uuid);
    this.set('call_uuid', profile.uuid);
    this.set('direction', profile.direction);
    this.set('channel_name', profile.channelName);
  }

  get uuid(): string {
    return this.profile.uuid;
  }

  get down(): boolean {
    return this.cause !== undefined;
  }

  /** The text of a variable, an array in FreeSWITCH's own spelling; undefined when it is not set. */
  find(name: string): string | undefined {
    const value = this.variables.get(name);
    return Array.isArray(value) ? `ARRAY::${value.join('|:')}` : value;
  }

  isTrue(name: string): boolean {
    return /^(true|yes|on|enabled|t|1)$/i.test(this.find(name) ?? '');
  }

  /** An empty value, or FreeSWITCH's `_undef_`, removes the variable. */
  set(name: string, value: VariableValue | undefined): void {
    if (value === undefined || value === '' || value === '_undef_') this.variables.delete(name);
    else this.variables.set(name, value);
  }

  /** Sends an event of this channel, all its headers and variables with it. */
  publish(name: string, fields: EventFields = []): void {
    this.core.bus.publish(name, () => [...channelHeaders(this), ...fields]);
  }

  /** Puts the channel on the books: from here on the world knows it. */
  create(): void {
    this.core.channels.set(this.uuid, this);
    if (this.profile.direction === 'outbound') this.publish('CHANNEL_OUTGOING');
    const { channels, counters } = this.core;
    counters.sessions += 1;
    this.set('session_id', String(counters.sessions));
    counters.peak = Math.max(counters.peak, channels.size);
    this.setState('CS_INIT');
    this.publish('CHANNEL_CREATE');
  }

  setState(state: ChannelState): void {
    if (this.state === state) return;
    this.state = state;
    this.publish('CHANNEL_STATE');
  }

  setCallState(callState: CallState): void {
    if (this.callState === callState) return;
    const original = this.callState;
    this.callState = callState;
    this.publish('CHANNEL_CALLSTATE', [
      ['Original-Channel-Call-State', original],
      ['Channel-Call-State-Number', String(CALL_STATE_NUMBERS[callState])],
    ]);
  }

  /** Gives the channel its media; digits of the far end become DTMF events. */
  attach(leg: MediaLeg): void {
    this.leg = leg;
    leg.on('dtmf', (digit) => this.takeDigit(digit));
    leg.on('timeout', () => this.hangup('MEDIA_TIMEOUT'));
    if (leg.remoteSdp) this.set('switch_r_sdp', leg.remoteSdp);
  }

  takeDigit(digit: DtmfDigit): void {
    if (this.down) return;
    this.publish('DTMF', [
      ['DTMF-Digit', digit.digit],
      ['DTMF-Duration', String(digit.durationMs * 8)],
      ['DTMF-Source', digit.via === 'rtp' ? 'RTP' : digit.via === 'info' ? 'ENDPOINT' : 'APP'],
    ]);
    // A parked call has nobody to take its digits: FreeSWITCH's park reads and drops them.
    if (!this.bridgedTo && this.executor.current !== 'park') this.digits.push(digit.digit);
    this.emit('digit', digit);
  }

  /** It rings: towards the caller when the call came in, from the callee when it goes out. */
  markRinging(): void {
    if (this.ringing || this.answered || this.down) return;
    this.ringing = true;
    if (this.profile.times.progress === 0) this.profile.times.progress = nowMicros();
    this.publish('CHANNEL_PROGRESS');
    this.setCallState('RINGING');
    this.emit('ring');
  }

  markEarly(): void {
    if (this.early || this.answered || this.down) return;
    this.early = true;
    if (this.profile.times.progressMedia === 0) this.profile.times.progressMedia = nowMicros();
    this.describeMedia();
    this.publish('CHANNEL_PROGRESS_MEDIA');
    this.setCallState('EARLY');
    this.emit('early');
  }

  markAnswered(): void {
    if (this.answered || this.down) return;
    this.answered = true;
    this.profile.times.answered = nowMicros();
    this.describeMedia();
    this.set('endpoint_disposition', 'ANSWER');
    this.publish('CHANNEL_ANSWER');
    this.setCallState('ACTIVE');
    this.emit('answer');
  }

  markHeld(held: boolean): void {
    if (this.held === held || this.down) return;
    this.held = held;
    const { times } = this.profile;
    if (held) times.lastHold = nowMicros();
    else times.holdAccum += nowMicros() - times.lastHold;
    this.setCallState(held ? 'HELD' : 'ACTIVE');
    this.publish(held ? 'CHANNEL_HOLD' : 'CHANNEL_UNHOLD');
  }

  /** The variables that tell of the media, once it is agreed on. */
  describeMedia(): void {
    const { leg } = this;
    if (!leg) return;
    this.set('rtp_local_sdp_str', leg.localSdp);
    this.set('switch_r_sdp', leg.remoteSdp);
    this.set('local_media_port', String(leg.localPort));
    this.set('local_media_ip', this.core.settings.rtp.host);
    this.set('remote_media_ip', leg.audio?.remote.address);
    this.set('remote_media_port', leg.audio ? String(leg.audio.remote.port) : undefined);
    const { audio } = leg;
    if (!audio) return;
    for (const side of ['read', 'write']) {
      this.set(`${side}_codec`, audio.codec);
      this.set(`${side}_rate`, '8000');
    }
    this.set('rtp_use_codec_name', audio.codec);
    this.set('rtp_use_codec_rate', '8000');
    this.set('rtp_use_codec_ptime', String(audio.ptime));
    this.set('rtp_use_pt', String(audio.payloadType));
    this.set('dtmf_type', audio.dtmfPayloadType === undefined ? 'none' : 'rfc2833');
  }

  /** Ends the call, once; later calls change nothing. The rest of the farewell goes on by itself. */
  hangup(cause: HangupCause): void {
    if (this.down) return;
    if (this.held) this.markHeld(false);
    this.cause = cause;
    this.profile.times.hungup = nowMicros();
    if (this.bridgedTo) {
      this.bridgedTo.set('last_bridge_hangup_cause', cause);
      this.bridgedTo.set('last_bridge_proto_specific_hangup_cause', this.find('proto_specific_hangup_cause'));
    }
    this.tellFarEnd(cause);
    this.publish('CHANNEL_HANGUP');
    this.setCallState('HANGUP');
    this.emit('hangup', cause);
    this.executor.interrupt();
    this.destroy(cause).catch((error: unknown) => {
      this.core.log.error('channel could not be cleared away', { uuid: this.uuid, error: String(error) });
    });
  }

  /** A far end that cannot be told, its Contact unreadable for instance, must not keep the channel alive. */
  private tellFarEnd(cause: HangupCause): void {
    try {
      this.driver.hangup(cause);
    } catch (error) {
      this.core.log.warn('hangup could not be sent', { uuid: this.uuid, error });
    }
  }

  private async destroy(cause: HangupCause): Promise<void> {
    await this.leg?.close();
    await this.executor.idle();
    this.setState('CS_HANGUP');
    this.describeEnd(cause);
    this.setState('CS_REPORTING');
    await report(this);
    this.publish('CHANNEL_HANGUP_COMPLETE');
    this.core.channels.delete(this.uuid);
    this.publish('CHANNEL_DESTROY');
    this.setState('CS_DESTROY');
    this.emit('destroyed');
  }

  /** The variables a call detail record is made of. */
  private describeEnd(cause: HangupCause): void {
    const stats = this.leg?.stats();
    if (stats) {
      this.set('rtp_audio_in_packet_count', String(stats.packetsIn));
      this.set('rtp_audio_in_media_bytes', String(stats.bytesIn));
      this.set('rtp_audio_out_packet_count', String(stats.packetsOut));
      this.set('rtp_audio_out_media_bytes', String(stats.bytesOut));
      this.set('rtp_audio_in_skip_packet_count', String(stats.lost));
    }
    const { callerIdName, callerIdNumber } = this.profile;
    this.set('caller_id', `"${callerIdName}" <${callerIdNumber}>`);
    this.set('last_app', this.find('current_application'));
    this.set('last_arg', this.find('current_application_data'));
    this.set('hangup_cause', cause);
    this.set('hangup_cause_q850', String(causeNumber(cause) > 127 ? 16 : causeNumber(cause)));
    for (const [name, value] of timeVariables(this.profile.times)) this.set(name, value);
  }
}
