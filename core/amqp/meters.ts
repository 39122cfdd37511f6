// What the bus counts and measures.
import type { Metrics } from '../metrics/index.ts';

export type Meters = ReturnType<typeof createMeters>;

const latencyBuckets = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];

/** The metrics of a bus, by what they count. */
export function createMeters(metrics: Metrics) {
  const byContract = (name: string, help: string) => {
    const counter = metrics.counter(name, help, ['contract']);
    return (contract: string, by = 1) => counter.inc({ contract }, by);
  };
  const latency = metrics.histogram(
    'bus_request_seconds',
    'time from a request to its answer',
    latencyBuckets,
    ['contract'],
  );
  return {
    answered: (contract: string, ms: number) => latency.observe(ms / 1000, { contract }),
    timedOut: byContract('bus_request_timeouts_total', 'requests without an answer in time'),
    returned: byContract('bus_returned_total', 'messages that nobody listened for'),
    late: byContract('bus_late_answers_total', 'answers that nobody waits for any more'),
    redelivered: byContract('bus_redelivered_total', 'messages delivered a second time'),
    duplicate: byContract('bus_duplicates_total', 'messages dropped because they were handled before'),
    invalid: byContract('bus_invalid_total', 'received messages that do not fit their contract'),
    unexpected: byContract('bus_unexpected_total', 'received messages of no contract of the queue'),
    unknownKeys: byContract('bus_unknown_keys_total', 'keys that no contract names'),
    failed: byContract('bus_handler_failures_total', 'handlers that rejected'),
    retried: byContract('bus_retries_total', 'messages put back for a later attempt'),
    deadLettered: byContract('bus_dead_letters_total', 'messages given up and kept for the operator'),
  };
}
