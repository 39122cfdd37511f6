// Calls through one FreeSWITCH, put through by our apps, by a bare controller of parked calls, and by a static dialplan.
import { setTimeout as pause } from 'node:timers/promises';
import { hasRabbit } from '../conformance/rabbitmq.ts';
import { newAccount, node } from '../e2e/account.ts';
import { type Mix, mixOfRun } from '../e2e/mix.ts';
import { freePorts } from '../e2e/ports.ts';
import { startZone } from '../e2e/zone.ts';
import { addStaticExtension, givenMediaServer, type MediaServer, staticNumber } from './media-server.ts';
import { milliseconds, quantile } from './numbers.ts';
import type { Bench, Figure, Outcome } from './outcome.ts';
import { secondsOf } from './processor.ts';
import { climb, p50, p99, type Ringing, rampColumns, ringing, usableWhen } from './ringing.ts';
import { answering, crowd } from './sipp.ts';
import { startWorker } from './worker.ts';

const duration = 3_000;
const ring = 100;
const quiet = [
  { rate: 1, count: 15 },
  { rate: 10, count: 100 },
];
/**
 * A process that was just started is not what serves calls in life: its code is compiled as it runs, and a call costs it
 * half as much after a thousand of them. The first hundred are shown as well.
 */
const cold = { rate: 5, count: 100 };
const warming = { rate: 10, count: 1_000 };
const ramp = { from: 20, most: 160, seconds: 8 };
const shareAim = 0.9;
const delayAim = 15;

/** One way of putting calls through. */
interface Way {
  readonly name: string;
  readonly isOurs?: boolean;
  start(): Promise<Running | undefined>;
}

interface Running {
  readonly number: string;
  /** What the edge would say of the caller. */
  readonly token: string;
  /** Whose processor time counts. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** A zone of ours: all of it in one process, as `npm start` makes it, or each app in its own, on the broker they need then. */
const ours = (
  name: string,
  mix: Partial<Mix>,
  { host, port, password }: MediaServer,
  callee: string,
): Way => ({
  name,
  isOurs: true,
  start: async () => {
    process.env['MIRLITON_E2E_LOG'] ??= 'warn';
    const address = `${host}:${port}:${password}`;
    const zone = await startZone({}, 1, [], { ...mixOfRun({}), ...mix, switch: address });
    const account = await newAccount(zone);
    const caller = await account.device();
    const called = await account.device({ sip: { invite_format: 'route', route: callee } });
    await account.callflow('400', node('device', { id: called.id, timeout: 20 }));
    const apps = zone.processes.filter(({ app }) => app === 'ecallmgr' || app === 'callflow');
    return {
      number: '400',
      token: `${caller.id}@${account.id}`,
      pids: apps.length > 0 ? apps.flatMap(({ pid }) => pid ?? []) : [zone.facts.pid],
      stop: () => zone.stop(),
    };
  },
});

const peerName = 'bare controller of parked calls';

const bare = ({ host, port, password }: MediaServer, dial: string): Way => ({
  name: peerName,
  start: async () => {
    const worker = await startWorker('park-controller', host, String(port), password, dial);
    return { number: 'bench-parked', token: 'none', pids: [worker.pid], stop: () => worker.stop() };
  },
});

const fixed = (server: MediaServer, dial: string): Way => ({
  name: 'static dialplan',
  start: async () => {
    const stop = await addStaticExtension(server, dial);
    return stop && { number: staticNumber, token: 'none', pids: [], stop };
  },
});

interface Measured {
  readonly name: string;
  readonly isOurs: boolean;
  readonly usable: number;
  readonly rows: readonly (readonly string[])[];
  readonly times: readonly Ringing[];
}

async function measure(
  { name, isOurs = false, start }: Way,
  { host, sipPort }: MediaServer,
  progress: (line: string) => void,
): Promise<Measured | undefined> {
  progress(`${name} starts`);
  const running = await start();
  if (!running) {
    progress(`${name}: left out, the configuration of the switch is not on this machine`);
    return undefined;
  }
  const [port] = (await freePorts(1)) as [number];
  const { number, token, pids } = running;
  const call = async (rate: number, count: number, length: number) => {
    const proxy = `${host}:${sipPort}`;
    const lines = [[number, token]];
    const before = secondsOf(pids);
    const result = await crowd({ scenario: 'from-edge', lines, proxy, port, rate, count, pause: length });
    return { cpu: secondsOf(pids) - before, result };
  };
  try {
    progress(`${name}: the first ${cold.count} calls`);
    const times = [ringing((await call(cold.rate, cold.count, 200)).result)];
    progress(`${name}: ${warming.count} calls to warm up`);
    await call(warming.rate, warming.count, 200);
    for (const { rate, count } of quiet) {
      progress(`${name}: ${count} calls at ${rate}/s, timed`);
      times.push(ringing((await call(rate, count, 500)).result));
    }
    const { rows, usable } = await climb(ramp, (rate, count) => {
      progress(`${name}: ${count} calls at ${rate}/s`);
      return call(rate, count, duration);
    });
    return { name, isOurs, usable, rows, times };
  } finally {
    await running.stop();
    // The last legs of the switch end.
    await pause(2_000);
  }
}

/** Ours are compared with the peer, each. */
function figuresOf(measured: readonly Measured[]): Figure[] {
  const peer = measured.find(({ name }) => name === peerName);
  const at = 1 + quiet.findIndex(({ rate }) => rate === 10);
  const median = ({ times }: Measured): number => quantile(times[at]?.whole ?? [], 0.5);
  const compared = (mine: Measured): Figure[] => {
    if (!peer || !mine.isOurs) return [];
    const { name } = mine;
    const [share, later] = [mine.usable / peer.usable, median(mine) - median(peer)];
    return [
      {
        figure: `usable calls/s on FreeSWITCH, ${name} / ${peerName}`,
        value: share.toFixed(2),
        aim: `≥ ${shareAim}`,
        met: share >= shareAim,
      },
      {
        figure: `INVITE to 180 on FreeSWITCH at 10/s, median, ${name} after the ${peerName}`,
        value: milliseconds(later),
        aim: `within ${delayAim} ms`,
        met: later <= delayAim,
      },
    ];
  };
  return [
    ...measured.map(({ name, usable }) => ({
      figure: `calls on FreeSWITCH, ${name}`,
      value: `usable to ${usable}/s`,
    })),
    ...measured.flatMap(compared),
  ];
}

function outcomeOf(measured: readonly Measured[]): Outcome {
  const conditions = `Calls come from an address that is trusted, with the word of an edge who calls; two legs each, ${ring} ms to the answer, no RTP sent; one FreeSWITCH, SIPp and all controllers on the same cores, one way after the other, each after its first ${cold.count} calls and ${warming.count} more that were not looked at`;
  return {
    figures: figuresOf(measured),
    tables: [
      {
        title: 'Time from INVITE to 180 on FreeSWITCH',
        columns: ['put through by', 'rate', 'calls', 'p50', 'p99'],
        rows: measured.flatMap(({ name, times }) =>
          times.map(({ whole }, index) => [
            name,
            index === 0 ? `${cold.rate}/s, just started` : `${quiet[index - 1]?.rate}/s`,
            whole.length,
            p50(whole),
            p99(whole),
          ]),
        ),
        note: `${conditions}.`,
      },
      {
        title: 'Calls per second on FreeSWITCH',
        columns: ['put through by', ...rampColumns],
        rows: measured.flatMap(({ name, rows }) => rows.map((row) => [name, ...row])),
        note: `${ramp.seconds} s at each rate, calls of ${duration} ms. ${usableWhen} The processor time is that of the controllers: of ours in many processes, ecallmgr and callflow; in one, all of it, database and broker too.`,
      },
    ],
  };
}

export const freeswitch: Bench = {
  name: 'freeswitch',
  about: 'calls on the FreeSWITCH of MIRLITON_FREESWITCH, beside a bare controller and a static dialplan',
  run: async (progress) => {
    const server = givenMediaServer();
    if (!server) {
      progress('left out: MIRLITON_FREESWITCH=host:port:password:sipport names none');
      return { tables: [], figures: [] };
    }
    const [port] = (await freePorts(1)) as [number];
    const callee = `sip:bench@127.0.0.1:${port}`;
    const dial = `sofia/sipinterface_1/${callee}`;
    const phone = answering(port, ring);
    try {
      const measured: Measured[] = [];
      const bus = hasRabbit() ? 'rabbitmq' : 'embedded';
      const ways = [
        ours('Mirliton in one process', {}, server, callee),
        ours('Mirliton in many processes', { bus, processes: 'many' }, server, callee),
        bare(server, dial),
        fixed(server, dial),
      ];
      for (const way of ways) {
        const it = await measure(way, server, progress);
        if (it) measured.push(it);
      }
      return outcomeOf(measured);
    } finally {
      await phone.stop();
    }
  },
};
