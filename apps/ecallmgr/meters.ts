// The figures of ecallmgr, named as in its README.
import type { Metrics } from '../../core/metrics/index.ts';

export type Meters = ReturnType<typeof createMeters>;

export function createMeters(metrics: Metrics) {
  const client = metrics.counter('ecallmgr_switch_total', 'what happened on event sockets', ['what']);
  const commands = metrics.counter('ecallmgr_commands_total', 'call control commands run', ['command']);
  const claimsLost = metrics.counter(
    'ecallmgr_claims_lost_total',
    'calls that another ecallmgr claimed first',
  );
  const takenOver = metrics.counter('ecallmgr_taken_over_total', 'legs taken over from another ecallmgr');
  const successions = metrics.counter(
    'ecallmgr_successions_total',
    'calls whose controller died or handed over, by how they went on',
    ['outcome'],
  );
  const routes = metrics.counter('ecallmgr_routes_total', 'route requests by how they ended', ['outcome']);
  const legs = metrics.counter('ecallmgr_legs_total', 'legs of ours that ended', ['direction', 'cause']);
  const unpublished = metrics.counter('ecallmgr_unpublished_total', 'events that the bus did not take', [
    'event',
  ]);
  const lag = metrics.histogram(
    'ecallmgr_event_lag_seconds',
    'from the making of an event to its handling here; needs one clock',
    [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
  );
  const routing = metrics.histogram(
    'ecallmgr_route_seconds',
    'from the park event to the route_win',
    [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4],
  );
  const setUp = metrics.histogram(
    'ecallmgr_setup_seconds',
    'from the creation of a leg that came in to its first ringing, media or answer',
    [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8],
  );
  return {
    client: (what: string) => client.inc({ what }),
    command: (command: string) => commands.inc({ command }),
    claimLost: () => claimsLost.inc(),
    takenOver: (legs: number) => takenOver.inc({}, legs),
    succession: (outcome: string) => successions.inc({ outcome }),
    route: (outcome: string) => routes.inc({ outcome }),
    leg: (direction: string, cause = 'unknown') => legs.inc({ direction, cause }),
    setUp: (milliseconds: number) => setUp.observe(milliseconds / 1000),
    unpublished: (event: string) => unpublished.inc({ event }),
    /** `made` is an Event-Date-Timestamp in microseconds. */
    lag: (made: string | undefined) => {
      const seconds = Date.now() / 1000 - Number(made) / 1e6;
      if (seconds >= 0) lag.observe(seconds);
    },
    routed: (milliseconds: number) => routing.observe(milliseconds / 1000),
  };
}
