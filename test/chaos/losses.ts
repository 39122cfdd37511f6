// What is done to a zone: a process is killed, stopped or ended in order, and is there again afterwards.
import { setTimeout as pause } from 'node:timers/promises';
import type { ZoneProcess } from '../e2e/processes.ts';
import type { Zone } from '../e2e/zone.ts';

/** One way to hurt a zone. `strike` resolves when the harm is done, `heal` when everything runs again. */
export interface Loss {
  readonly name: string;
  /** Why a zone of this mix cannot suffer it. */
  cannot(zone: Zone): string | undefined;
  strike(zone: Zone): Promise<void>;
  heal(zone: Zone): Promise<void>;
}

/** How long something without a second instance stays away. */
const away = 2_000;
const stopped = 5_000;

const nth = (zone: Zone, app: string, index: number): ZoneProcess => {
  const found = zone.running(app)[index];
  if (!found) throw new Error(`there is no ${app} ${index + 1}`);
  return found;
};

/** kill -9 of one of several: it stays away until everything has been looked at. */
const killed = (app: string, index = 0): Loss => ({
  name: `kill -9 ${app} ${index + 1}`,
  cannot: (zone) =>
    zone.running(app).length > index ? undefined : `${app} runs ${zone.running(app).length} times`,
  strike: (zone) => nth(zone, app, index).kill('SIGKILL'),
  heal: (zone) => nth(zone, app, index).start(),
});

/** kill -9 of what there is only one of: started again after two seconds. */
const restarted = (app: string): Loss => ({
  ...killed(app),
  name: `kill -9 ${app}, back after 2 s`,
  strike: async (zone) => {
    const it = nth(zone, app, 0);
    await it.kill('SIGKILL');
    await pause(away);
    await it.start();
  },
  heal: async () => undefined,
});

/** SIGSTOP: it says nothing, and its connections stay. Goes on after five seconds, full of what it has missed. */
const frozen = (app: string, index = 0): Loss => ({
  ...killed(app, index),
  name: `SIGSTOP ${app} ${index + 1} for 5 s`,
  strike: async (zone) => {
    const it = nth(zone, app, index);
    await it.kill('SIGSTOP');
    await pause(stopped);
    await it.kill('SIGCONT');
  },
  heal: async () => undefined,
});

/** SIGTERM: takes nothing new and hands over what runs. */
const ended = (app: string, index = 0): Loss => ({
  ...killed(app, index),
  name: `SIGTERM ${app} ${index + 1}`,
  strike: (zone) => nth(zone, app, index).kill('SIGTERM'),
});

const brokerOf = (zone: Zone): string => (zone.running('rabbitmq').length > 0 ? 'rabbitmq' : 'broker');
const onBroker = (make: (app: string) => Loss, name: string): Loss => ({
  name,
  cannot: (zone) => make(brokerOf(zone)).cannot(zone),
  strike: (zone) => make(brokerOf(zone)).strike(zone),
  heal: (zone) => make(brokerOf(zone)).heal(zone),
});

export const losses: readonly Loss[] = [
  killed('callflow', 0),
  killed('callflow', 1),
  killed('ecallmgr', 0),
  killed('ecallmgr', 1),
  killed('registrar', 0),
  killed('trunkstore', 0),
  restarted('crossbar'),
  restarted('media_mgr'),
  restarted('cdr'),
  killed('kamailio', 0),
  restarted('edge'),
  onBroker(restarted, 'kill -9 the broker, back after 2 s'),
  restarted('couch'),
  ended('callflow', 0),
  ended('ecallmgr', 0),
  frozen('callflow', 0),
  frozen('callflow', 1),
  frozen('ecallmgr', 0),
  frozen('ecallmgr', 1),
  frozen('registrar', 0),
  frozen('kamailio', 0),
  frozen('couch'),
  onBroker(frozen, 'SIGSTOP the broker for 5 s'),
];
