// What is done to a zone: a process is killed, stopped, cut off or ended in order, and is there again afterwards.
import { setTimeout as pause } from 'node:timers/promises';
import type { ZoneProcess } from '../e2e/processes.ts';
import type { Zone } from '../e2e/zone.ts';

/** One way to hurt a zone. `strike` resolves when the harm is done, `heal` when everything runs again. */
export interface Loss {
  readonly name: string;
  /** Nobody else does the work: new calls are only promised when it is back, at the end of `strike`. */
  readonly alone: boolean;
  /**
   * It is written to over REST meanwhile, and what was acknowledged must be there afterwards. `always`: the others of the
   * cluster take every write; `refusable`: one may be refused (503), but not lost.
   */
  readonly writes?: 'always' | 'refusable';
  /** It stays away until the calls have been ended. */
  readonly throughEnd?: boolean;
  /** Why a zone of this mix cannot suffer it. */
  cannot(zone: Zone): string | undefined;
  strike(zone: Zone): Promise<void>;
  heal(zone: Zone): Promise<void>;
}

/** Apps of which one process reaches broker and switch over cables that can be cut. */
export const cabledApps: readonly string[] = ['callflow', 'ecallmgr'];

/** Milliseconds that something without a second instance stays away. */
const away = 2_000;
/** And that it says nothing, or cannot be reached. */
const stopped = 5_000;

const nth = (zone: Zone, app: string, index: number): ZoneProcess => {
  const found = zone.running(app)[index];
  if (!found) throw new Error(`there is no ${app} ${index + 1}`);
  return found;
};

/** kill -9 of one of several: it stays away until everything has been looked at. */
const killed = (app: string, index = 0): Loss => ({
  name: `kill -9 ${app} ${index + 1}`,
  alone: false,
  cannot: (zone) =>
    zone.running(app).length > index ? undefined : `${app} runs ${zone.running(app).length} times`,
  strike: (zone) => nth(zone, app, index).kill('SIGKILL'),
  heal: (zone) => nth(zone, app, index).start(),
});

/** kill -9 of what does its work alone: started again after two seconds. */
const restarted = (app: string): Loss => ({
  ...killed(app),
  name: `kill -9 ${app}, back after 2 s`,
  alone: true,
  strike: async (zone) => {
    const it = nth(zone, app, 0);
    await it.kill('SIGKILL');
    await pause(away);
    await it.start();
  },
  heal: async () => undefined,
});

/** kill -9 of both, one after the other; then the first comes back and has to do with what it finds. */
const bothKilled = (app: string): Loss => ({
  ...killed(app, 1),
  name: `kill -9 ${app} 1, then 2, 1 back after 2 s`,
  alone: true,
  strike: async (zone) => {
    await nth(zone, app, 0).kill('SIGKILL');
    await pause(stopped);
    await nth(zone, app, 1).kill('SIGKILL');
    await pause(away);
    await nth(zone, app, 0).start();
  },
});

/** SIGSTOP: it says nothing, and its connections stay. Goes on after five seconds, full of what it has missed. */
const frozen = (app: string, index = 0, alone = false): Loss => ({
  ...killed(app, index),
  name: `SIGSTOP ${app}${alone ? '' : ` ${index + 1}`} for 5 s`,
  alone,
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

/** The network between one process and a part: connections end, or nothing passes. Mended after five seconds. */
const cutOff = (app: string, to: 'bus' | 'switch', how: 'cut' | 'silence'): Loss => ({
  ...killed(app),
  name: `${how === 'cut' ? 'cut' : 'no packet between'} ${app} 1 ${how === 'cut' ? 'from' : 'and'} the ${to === 'bus' ? 'broker' : 'first switch'} for 5 s`,
  strike: async (zone) => {
    const cable = zone.cabling.of(app, to);
    cable[how]();
    await pause(stopped);
    await cable.mend();
  },
  heal: async () => undefined,
});

const brokerOf = (zone: Zone): string => (zone.running('rabbitmq').length > 0 ? 'rabbitmq' : 'broker');
/** What a zone with one broker only feels. */
const onBroker = (make: (app: string) => Loss, name: string): Loss => ({
  name,
  alone: true,
  cannot: (zone) =>
    zone.running(brokerOf(zone)).length > 1 ? 'it has others' : make(brokerOf(zone)).cannot(zone),
  strike: (zone) => make(brokerOf(zone)).strike(zone),
  heal: (zone) => make(brokerOf(zone)).heal(zone),
});

/** Of a cluster: the others go on without it. */
const oneOfMany = (loss: Loss): Loss => ({
  ...loss,
  cannot: (zone) => (zone.running('rabbitmq').length > 1 ? loss.cannot(zone) : 'it is no cluster'),
});

const couch = 'couch node';
const couchNames = (indexes: readonly number[]): string =>
  `${couch}${indexes.length > 1 ? 's' : ''} ${indexes.map((index) => index + 1).join(' and ')}`;
const couchNodes = (zone: Zone, indexes: readonly number[]): ZoneProcess[] =>
  indexes.map((index) => nth(zone, couch, index));
const tooFew =
  (indexes: readonly number[]) =>
  (zone: Zone): string | undefined => {
    const { length } = zone.running(couch);
    return length > indexes.length ? undefined : `${length} couch nodes may be ended`;
  };

/** kill -9 of nodes of a CouchDB cluster; whoever watches over them starts them again. */
function couchKilled(indexes: readonly number[], writes: Loss['writes'] & string): Loss {
  return {
    name: `kill -9 ${couchNames(indexes)} of several, back after 2 s`,
    alone: false,
    writes,
    cannot: tooFew(indexes),
    strike: async (zone) => {
      await Promise.all(couchNodes(zone, indexes).map((it) => it.kill('SIGKILL')));
      await pause(away);
      await Promise.all(couchNodes(zone, indexes).map((it) => it.start()));
    },
    heal: async () => undefined,
  };
}

/** SIGSTOP of nodes of a CouchDB cluster. Of two of three: what waits for a majority waits until they go on. */
function couchFrozen(indexes: readonly number[], writes: Loss['writes'] & string): Loss {
  return {
    name: `SIGSTOP ${couchNames(indexes)} of several for 5 s`,
    alone: writes === 'refusable',
    writes,
    cannot: tooFew(indexes),
    strike: async (zone) => {
      const nodes = couchNodes(zone, indexes);
      await Promise.all(nodes.map((it) => it.kill('SIGSTOP')));
      await pause(stopped);
      await Promise.all(nodes.map((it) => it.kill('SIGCONT')));
    },
    heal: async () => undefined,
  };
}

export const losses: readonly Loss[] = [
  killed('callflow', 0),
  killed('callflow', 1),
  killed('ecallmgr', 0),
  killed('ecallmgr', 1),
  bothKilled('ecallmgr'),
  killed('registrar', 0),
  killed('trunkstore', 0),
  restarted('crossbar'),
  restarted('media_mgr'),
  { ...killed('cdr'), name: 'kill -9 cdr while calls end', throughEnd: true },
  restarted('kamailio'),
  restarted('edge'),
  onBroker(restarted, 'kill -9 the broker, back after 2 s'),
  oneOfMany(killed('rabbitmq', 0)),
  oneOfMany(killed('rabbitmq', 1)),
  oneOfMany(frozen('rabbitmq', 0)),
  restarted('couch'),
  ended('callflow', 0),
  ended('ecallmgr', 0),
  frozen('callflow', 0),
  frozen('callflow', 1),
  frozen('ecallmgr', 0),
  frozen('ecallmgr', 1),
  frozen('registrar', 0),
  frozen('trunkstore', 0),
  frozen('crossbar', 0, true),
  frozen('media_mgr', 0, true),
  frozen('kamailio', 0),
  frozen('edge', 0, true),
  frozen('couch', 0, true),
  couchKilled([0], 'always'),
  couchKilled([1], 'always'),
  couchFrozen([0], 'always'),
  couchKilled([0, 1], 'refusable'),
  couchFrozen([0, 1], 'refusable'),
  onBroker((app) => frozen(app, 0, true), 'SIGSTOP the broker for 5 s'),
  cutOff('callflow', 'bus', 'cut'),
  cutOff('callflow', 'bus', 'silence'),
  cutOff('ecallmgr', 'bus', 'cut'),
  cutOff('ecallmgr', 'bus', 'silence'),
  cutOff('ecallmgr', 'switch', 'cut'),
  cutOff('ecallmgr', 'switch', 'silence'),
];
