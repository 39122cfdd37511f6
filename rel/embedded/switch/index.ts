// The embedded switch: a small stand-in for FreeSWITCH that speaks its event socket, SIP and RTP.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Logger, logger } from '../../../core/log/index.ts';
import { apis } from './apis/index.ts';
import { VERSION } from './apis/version.ts';
import { applications } from './applications/index.ts';
import { findCause } from './calls/causes.ts';
import type { Endpoint, SwitchCore } from './calls/contract.ts';
import { errorEndpoint, loopbackEndpoint } from './calls/loopback.ts';
import { receiveMessage } from './calls/messages.ts';
import { PROFILE_NAME } from './calls/sofia/contract.ts';
import { sendNotify } from './calls/sofia/notify.ts';
import { startProfile } from './calls/sofia/profile.ts';
import { pause } from './calls/waits.ts';
import { type CommandFrame, createEventBus, startEventSocket } from './eventsocket/index.ts';

export interface SwitchOptions {
  /** FreeSWITCH-Hostname and -Switchname; default the name of the machine. */
  name?: string;
  /** Port 0 takes a free one, here and for SIP. */
  eventSocket: { host: string; port: number; password: string };
  sip: { host: string; port: number };
  /** Port 0 leaves the choice to the system. */
  rtp: { host: string; portMin: number; portMax: number };
  recordingsDir: string;
  /** Addresses and networks that may send calls; everybody when absent. */
  acl?: readonly string[];
  /** Default 1000, as FreeSWITCH comes. */
  maxSessions?: number;
  /** No packet for so long ends an answered call (MEDIA_TIMEOUT). Default 0: never. */
  mediaTimeoutMs?: number;
  log?: Logger;
}

export interface RunningSwitch {
  readonly eventSocketPort: number;
  readonly sipPort: number;
  /** Live channels, each leg counted. */
  calls(): number;
  /** Hangs up every call, tells the clients, closes every socket. */
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 20_000;
/** For recordings to be completed and far ends to be told. */
const SHUTDOWN_MS = 5000;

/** Starts a switch; rejects with the system's error, nothing left open, when a port cannot be had. */
export async function startSwitch(options: SwitchOptions): Promise<RunningSwitch> {
  const { core, endpoints } = createCore(options);
  const profile = await startProfile(core, { ...options.sip, acl: options.acl });
  core.settings.sipPort = profile.port;
  endpoints.set('sofia', profile.endpoint);
  const control = {
    api: core.runApi,
    sendMessage: receiveMessage(core),
    takeEvent: (name: string, frame: CommandFrame) => {
      try {
        if (name === 'NOTIFY') sendNotify(profile, frame);
      } catch (error) {
        core.log.warn('an event that was sent could not be acted on', { name, error });
      }
    },
  };
  const socketOptions = {
    ...options.eventSocket,
    control,
    bus: core.bus,
    log: core.log.child('eventsocket'),
  };
  const socket = await startEventSocket(socketOptions).catch(async (error: unknown) => {
    await profile.stop();
    throw error;
  });
  const heartbeat = setInterval(() => sendHeartbeat(core), HEARTBEAT_MS);
  return {
    eventSocketPort: socket.port,
    sipPort: profile.port,
    calls: () => core.channels.size,
    async stop() {
      clearInterval(heartbeat);
      for (const timer of core.timers) clearTimeout(timer);
      await hangUpAll(core);
      core.bus.publish('SHUTDOWN', [['Event-Info', 'System Shutting Down']]);
      await socket.stop();
      await profile.stop();
    },
  };
}

function createCore(options: SwitchOptions): { core: SwitchCore; endpoints: Map<string, Endpoint> } {
  const name = options.name ?? hostname();
  const endpoints = new Map<string, Endpoint>();
  const core: SwitchCore = {
    log: options.log ?? logger('switch'),
    bus: createEventBus({ coreUuid: randomUUID(), name, ipv4: options.sip.host }),
    settings: {
      name,
      sipHost: options.sip.host,
      sipPort: options.sip.port,
      profile: PROFILE_NAME,
      rtp: options.rtp,
      recordingsDir: options.recordingsDir,
      maxSessions: options.maxSessions ?? 1000,
      mediaTimeoutMs: options.mediaTimeoutMs ?? 0,
    },
    startedAt: Date.now(),
    channels: new Map(),
    conferences: new Map(),
    endpoints,
    applications,
    apis,
    globals: new Map([
      ['hold_music', 'local_stream://default'],
      ['recordings_dir', options.recordingsDir],
      ['us-ring', '%(2000,4000,440,480)'],
      ['transfer_ringback', '%(2000,4000,440,480)'],
    ]),
    hash: new Map(),
    limits: {
      maxSessions: options.maxSessions ?? 1000,
      sessionsPerSecond: 200,
      paused: { inbound: false, outbound: false },
    },
    counters: { sessions: 0, peak: 0, second: 0, inSecond: 0 },
    timers: new Set(),
    async runApi(command, args) {
      const api = apis.get(command.toLowerCase());
      if (!api) return undefined;
      try {
        return await api(core, args);
      } catch (error) {
        core.log.error('API command failed', { command, error });
        return `-ERR ${command} failed: ${error instanceof Error ? error.message : String(error)}\n`;
      }
    },
  };
  endpoints.set('loopback', loopbackEndpoint(core));
  endpoints.set('error', errorEndpoint(findCause));
  return { core, endpoints };
}

async function hangUpAll(core: SwitchCore): Promise<void> {
  const channels = [...core.channels.values()];
  const gone = channels.map((channel) => new Promise<void>((resolve) => channel.once('destroyed', resolve)));
  for (const channel of channels) channel.hangup('SYSTEM_SHUTDOWN');
  const deadline = new AbortController();
  await Promise.race([Promise.all(gone), pause(SHUTDOWN_MS, deadline.signal)]);
  deadline.abort();
}

function sendHeartbeat({ bus, channels, counters, limits, startedAt }: SwitchCore): void {
  const up = Date.now() - startedAt;
  bus.publish('HEARTBEAT', [
    ['Event-Info', 'System Ready'],
    [
      'Up-Time',
      `0 years, 0 days, 0 hours, 0 minutes, ${Math.floor(up / 1000)} seconds, ${up % 1000} milliseconds`,
    ],
    ['FreeSWITCH-Version', VERSION],
    ['Uptime-msec', String(up)],
    ['Session-Count', String(channels.size)],
    ['Max-Sessions', String(limits.maxSessions)],
    ['Session-Per-Sec', String(limits.sessionsPerSecond)],
    ['Session-Since-Startup', String(counters.sessions)],
    ['Session-Peak-Max', String(counters.peak)],
    ['Idle-CPU', '100.000000'],
  ]);
}
