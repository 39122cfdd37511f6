// What is counted.
import type { Metrics } from '../../core/metrics/index.ts';

export interface Meters {
  /** An outbound call ended: SUCCESS or a cause. */
  outbound(cause: string): void;
  /** One way out failed. */
  failed(carrier: string, cause: string): void;
  /** A call from a carrier: relayed, or why it was refused. */
  inbound(outcome: string): void;
  /** A call of a PBX trunk ended. */
  trunk(direction: 'inbound' | 'outbound', cause: string): void;
}

export function createMeters(metrics: Metrics): Meters {
  const outbound = metrics.counter('stepswitch_outbound_total', 'outbound calls by how they ended', [
    'cause',
  ]);
  const labels = ['carrier', 'cause'];
  const failed = metrics.counter(
    'stepswitch_failed_attempts_total',
    'carriers that did not connect a call',
    labels,
  );
  const inbound = metrics.counter('stepswitch_inbound_total', 'calls from carriers by what became of them', [
    'outcome',
  ]);
  const trunk = metrics.counter('trunkstore_calls_total', 'calls of PBX trunks by how they ended', [
    'direction',
    'cause',
  ]);
  return {
    outbound: (cause) => outbound.inc({ cause }),
    failed: (carrier, cause) => failed.inc({ carrier, cause }),
    inbound: (outcome) => inbound.inc({ outcome }),
    trunk: (direction, cause) => trunk.inc({ direction, cause }),
  };
}
