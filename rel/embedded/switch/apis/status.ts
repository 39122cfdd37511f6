// `status`: how long the switch is up, and how much it does.

import type { Api } from '../calls/contract.ts';
import { VERSION } from './version.ts';

const UNITS: [string, number][] = [
  ['year', 365 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
];

export const status: Api = ({ startedAt, counters, channels, limits }) => {
  let left = Date.now() - startedAt;
  const parts = UNITS.map(([unit, ms]) => {
    const count = Math.floor(left / ms);
    left -= count * ms;
    return `${count} ${unit}${count === 1 ? '' : 's'}`;
  });
  return [
    `UP ${parts.join(', ')}, 0 microseconds`,
    `FreeSWITCH (Version ${VERSION}) is ready`,
    `${counters.sessions} session(s) since startup`,
    `${channels.size} session(s) - peak ${counters.peak}, last 5min ${counters.peak} `,
    `${counters.inSecond} session(s) per Sec out of max ${limits.sessionsPerSecond}, peak 0, last 5min 0 `,
    `${limits.maxSessions} session(s) max`,
    'min idle cpu 0.00/100.00',
    '',
  ].join('\n');
};
