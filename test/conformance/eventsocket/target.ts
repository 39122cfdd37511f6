// The switch under test: a real FreeSWITCH named by MIRLITON_FREESWITCH=host:esport:password:sipport, else our own.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSwitch } from '../../../rel/embedded/switch/index.ts';
import { EventClient } from './client.ts';
import { Phone, type PhoneCall } from './phone.ts';

export interface Target {
  /** True for a real FreeSWITCH. */
  readonly real: boolean;
  readonly host: string;
  readonly eventSocketPort: number;
  readonly password: string;
  readonly sipPort: number;
  /** A folder that the switch and the test both see. */
  readonly folder: string;
  /** A client that has subscribed to everything the suite asks for. */
  client(format?: 'json' | 'plain'): Promise<EventClient>;
  phone(name: string, options?: Parameters<typeof Phone.open>[2]): Promise<Phone>;
  stop(): Promise<void>;
}

const EVENTS =
  'CHANNEL_CREATE CHANNEL_STATE CHANNEL_CALLSTATE CHANNEL_ORIGINATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_PARK CHANNEL_UNPARK CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY CHANNEL_HOLD CHANNEL_UNHOLD DTMF RECORD_START RECORD_STOP PLAYBACK_START PLAYBACK_STOP DETECTED_TONE BACKGROUND_JOB CALL_UPDATE CUSTOM conference::maintenance kazoo::noop sofia::transferee sofia::transferor sofia::intercepted';

/** `named` is the variable that names the real one. */
export async function openTarget(named = 'MIRLITON_FREESWITCH'): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'mirliton-switch-'));
  const given = process.env[named];
  const password = given?.split(':')[2] ?? 'ClueCon';
  const started = given
    ? undefined
    : await startSwitch({
        name: 'conformance',
        eventSocket: { host: '127.0.0.1', port: 0, password },
        sip: { host: '127.0.0.1', port: 0 },
        rtp: { host: '127.0.0.1', portMin: 0, portMax: 0 },
        recordingsDir: folder,
      });
  const [host = '127.0.0.1', eventSocketPort, , sipPort] = given?.split(':') ?? [];
  const ports = {
    eventSocketPort: started?.eventSocketPort ?? Number(eventSocketPort),
    sipPort: started?.sipPort ?? Number(sipPort),
  };
  const clients: EventClient[] = [];
  const phones: Phone[] = [];
  return {
    real: started === undefined,
    host,
    ...ports,
    password,
    folder,
    async client(format = 'json') {
      const client = await EventClient.open(host, ports.eventSocketPort, password);
      clients.push(client);
      await client.command(`event ${format} ${EVENTS}`);
      return client;
    },
    async phone(name, options) {
      const phone = await Phone.open(name, { host, port: ports.sipPort }, options);
      phones.push(phone);
      return phone;
    },
    async stop() {
      for (const phone of phones) await phone.close();
      for (const client of clients) client.close();
      await started?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type CallOptions = Parameters<Phone['call']>[1];

/** Calls the switch and waits until the call is parked. */
export async function parkedCall(
  client: EventClient,
  phone: Phone,
  options: CallOptions = {},
): Promise<PhoneCall> {
  const call = await phone.call('1000', options);
  await client.event('CHANNEL_PARK', { 'Unique-ID': call.id });
  return call;
}

/** A parked call that has been answered. */
export async function answeredCall(
  client: EventClient,
  phone: Phone,
  options: CallOptions = {},
): Promise<PhoneCall> {
  const call = await parkedCall(client, phone, options);
  await client.execute(call.id, 'answer');
  await call.response(200);
  return call;
}

/** Asks again until the answer fits: for what a switch writes down a little later than it happens. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const until = Date.now() + 4000; Date.now() < until; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the answer never fitted');
}
