// The shapes that call control is made of: the switch, what drives a channel, applications and APIs.

import type { Logger } from '../../../../core/log/index.ts';
import type { EventBus } from '../eventsocket/index.ts';
import type { HangupCause } from './causes.ts';
import type { Channel } from './channel.ts';
import type { Conference } from './conference.ts';
import type { Variables } from './dialstring.ts';

/** What an endpoint does for a channel. All of it must be safe on a channel that is already down. */
export interface Driver {
  /** Says that it rings (180). */
  ring(): void;
  /** Opens the media before the answer (183 with SDP). */
  progress(): Promise<void>;
  /** Resolves when the call is answered and its media is open. */
  answer(): Promise<void>;
  /** Tells the far end; called once. */
  hangup(cause: HangupCause): void;
  /** Refuses an unanswered call with a status of one's own choice. */
  respond?(status: number, reason: string | undefined): void;
  /** Sends the caller elsewhere: 302 before the answer, REFER after it. */
  redirect?(contact: string): void;
  /** Puts the far end on hold by a re-INVITE, or takes it off. */
  hold?(on: boolean): Promise<void>;
}

export interface OriginateLeg {
  /** What stands behind the endpoint's name, for instance `sipinterface_1/1001@host`. */
  destination: string;
  uuid: string;
  variables: Variables;
  /** The channel on whose behalf this leg is made. */
  originator: Channel | undefined;
}

/** Makes outgoing channels: `sofia`, `loopback`, `error`. */
export interface Endpoint {
  /** The new channel, its call under way; a cause when it cannot be tried at all. */
  dial(leg: OriginateLeg): Promise<Channel | HangupCause>;
}

/** One run of an application. */
export interface ApplicationCall {
  readonly core: SwitchCore;
  readonly channel: Channel;
  /** The argument, its variables already expanded. */
  readonly args: string;
  /** Aborted by a break, a transfer or the hangup: the application returns as soon as it can. */
  readonly signal: AbortSignal;
}

export interface Application {
  /** The call is answered early (183) before an application that needs to be heard. */
  readonly media?: boolean;
  /** Returns the Application-Response; nothing stands for `_none_`. */
  run(call: ApplicationCall): string | undefined | Promise<string | undefined>;
}

/** An API command: arguments as text in, text out, as FreeSWITCH prints it. */
export type Api = (core: SwitchCore, args: string) => string | Promise<string>;

export interface SwitchSettings {
  name: string;
  sipHost: string;
  /** Set when the profile listens. */
  sipPort: number;
  /** The one SIP profile. */
  profile: string;
  rtp: { host: string; portMin: number; portMax: number };
  recordingsDir: string;
  maxSessions: number;
  /** No packet for so long hangs an answered call up (MEDIA_TIMEOUT); 0 never. */
  mediaTimeoutMs: number;
}

export interface SwitchCore {
  readonly log: Logger;
  readonly bus: EventBus;
  readonly settings: SwitchSettings;
  readonly startedAt: number;
  readonly channels: Map<string, Channel>;
  readonly conferences: Map<string, Conference>;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly applications: ReadonlyMap<string, Application>;
  readonly apis: ReadonlyMap<string, Api>;
  readonly globals: Map<string, string>;
  /** mod_hash: `realm/key` to value. */
  readonly hash: Map<string, string>;
  readonly limits: {
    maxSessions: number;
    sessionsPerSecond: number;
    paused: { inbound: boolean; outbound: boolean };
  };
  /** `inSecond` counts the calls that came in within the clock's `second`. */
  readonly counters: { sessions: number; peak: number; second: number; inSecond: number };
  readonly timers: Set<NodeJS.Timeout>;
  /** Undefined when there is no such command. Never rejects. */
  runApi(name: string, args: string): Promise<string | undefined>;
}
