// The `queue` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** A queue of callers who wait for agents. */
export const queue = document({
  type: 'queue',
  schema: 'queues',
  database: 'account',
  summary: 'A queue of callers who wait for agents',
  fields: {
    agent_ring_timeout: Type.Optional(Type.Integer({ minimum: 1, default: 15 })),
    agent_wrapup_time: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    announce: Type.Optional(Type.String()),
    announcements: Type.Optional(
      Type.Object({
        interval: Type.Optional(Type.Integer({ minimum: 15, default: 30 })),
        media: Type.Optional(
          Type.Object({
            in_the_queue: Type.String(),
            increase_in_call_volume: Type.String(),
            the_estimated_wait_time_is: Type.String(),
            you_are_at_position: Type.String(),
          }),
        ),
        position_announcements_enabled: Type.Optional(Type.Boolean()),
        wait_time_announcements_enabled: Type.Optional(Type.Boolean()),
      }),
    ),
    caller_exit_key: Type.Optional(
      Type.Enum(['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'], { default: '#' }),
    ),
    cdr_url: Type.Optional(Type.String({ format: 'uri' })),
    connection_timeout: Type.Optional(Type.Integer({ minimum: 0, default: 3600 })),
    enter_when_empty: Type.Optional(Type.Boolean({ default: true })),
    max_priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
    max_queue_size: Type.Optional(Type.Integer({ default: 0 })),
    moh: Type.Optional(Type.String()),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    record_caller: Type.Optional(Type.Boolean({ default: false })),
    recording_url: Type.Optional(Type.String({ format: 'uri' })),
    ring_simultaneously: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
    strategy: Type.Optional(Type.Enum(['round_robin', 'most_idle'], { default: 'round_robin' })),
  },
});
