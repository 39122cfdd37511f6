// What actor systems count.
import type { Metrics } from '../metrics/index.ts';

export type ActorMeters = ReturnType<typeof createActorMeters>;

/** The counters of a system, and the gauges read from it. */
export function createActorMeters(
  metrics: Metrics,
  read: { readonly size: () => number; readonly waiting: () => number; readonly longest: () => number },
) {
  metrics.gauge('actors_running', 'actors that live', read.size);
  metrics.gauge('actors_mailbox_messages', 'messages that wait in all mailboxes', read.waiting);
  metrics.gauge('actors_mailbox_longest_messages', 'messages that wait in the fullest mailbox', read.longest);
  return {
    deadLetters: metrics.counter('actors_dead_letters_total', 'messages to actors that had stopped'),
    overloads: metrics.counter('actors_overloads_total', 'messages refused because a mailbox was full'),
    crashes: metrics.counter('actors_crashes_total', 'behaviours that threw or rejected'),
  };
}
