// What a REGISTER costs: when the edge must ask for the credentials, and when it knows them.
import { freePorts } from '../e2e/ports.ts';
import { credentialsOf } from './calls.ts';
import { milliseconds, quantile } from './numbers.ts';
import type { Bench } from './outcome.ts';
import { type CrowdResult, crowd } from './sipp.ts';
import { type MeasuredZone, startMeasuredZone } from './zone.ts';

const phones = 400;
const rate = 50;
const warmRounds = 4;

interface Phone {
  readonly username: string;
  readonly password: string;
}

async function makePhones(zone: MeasuredZone): Promise<Phone[]> {
  const made = Array.from({ length: phones }, (_, at) => ({
    username: `bench${at}`,
    password: `secret${at}x${zone.facts.pid}`,
  }));
  for (const { username, password } of made)
    await zone.rest.put('devices', { name: username, device_type: 'softphone', sip: { username, password } });
  return made;
}

/** Milliseconds from the first REGISTER, which is challenged, to 200. */
function times({ seen }: CrowdResult): number[] {
  const begun = new Map<string, number>();
  const taken: number[] = [];
  for (const { at, way, callId, first } of seen) {
    if (way === 'S' && !begun.has(callId)) begun.set(callId, at);
    if (way === 'R' && first.startsWith('SIP/2.0 200')) taken.push(at - (begun.get(callId) ?? Number.NaN));
  }
  return taken;
}

export const register: Bench = {
  name: 'register',
  about: 'processor time per REGISTER with digest, cold and warm',
  run: async (progress) => {
    const zone = await startMeasuredZone();
    try {
      progress(`${phones} phones made over REST`);
      const made = await makePhones(zone);
      const [port] = (await freePorts(1)) as [number];
      const realm = zone.facts.account.realm;
      const lines = made.map((phone) => [phone.username, credentialsOf(phone), realm, String(port)]);
      const proxy = `${zone.sip.host}:${zone.sip.port}`;
      const round = async (title: string, count: number) => {
        progress(`${count} REGISTERs at ${rate}/s, ${title}`);
        const run = () => crowd({ scenario: 'register', lines, proxy, port, rate, count });
        const { cpu, result } = await zone.cost(run);
        const taken = times(result);
        const each = (cpu / count) * 1000;
        const row = [
          ...[title, count, milliseconds(each), milliseconds(quantile(taken, 0.5))],
          ...[milliseconds(quantile(taken, 0.99)), result.failed],
        ];
        return { each, row };
      };
      const cold = await round('first, credentials asked over the bus', phones);
      const warm = await round('again, credentials known', phones * warmRounds);
      return {
        figures: [
          { figure: 'processor time per REGISTER, cold', value: milliseconds(cold.each) },
          { figure: 'processor time per REGISTER, warm', value: milliseconds(warm.each) },
        ],
        tables: [
          {
            title: 'REGISTER with digest',
            columns: ['which', 'count', 'cpu per REGISTER', 'p50 to 200', 'p99 to 200', 'failed'],
            rows: [cold.row, warm.row],
            note: `Challenge and answer count as one; ${rate}/s; the processor time is that of the whole zone process: edge, bus, registrar, store.`,
          },
        ],
      };
    } finally {
      await zone.stop();
    }
  },
};
