// The `temporal_rule` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** A time of day, week or year. */
export const temporalRule = document({
  type: 'temporal_rule',
  schema: 'temporal_rules',
  database: 'account',
  summary: 'A time of day, week or year',
  fields: {
    cycle: Type.Enum(['date', 'daily', 'weekly', 'monthly', 'yearly']),
    days: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 31 }))),
    enabled: Type.Optional(Type.Boolean()),
    flags: Type.Optional(Type.Array(Type.String())),
    interval: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
    month: Type.Optional(Type.Integer({ minimum: 1, maximum: 12 })),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    ordinal: Type.Optional(Type.Enum(['every', 'first', 'second', 'third', 'fourth', 'fifth', 'last'])),
    start_date: Type.Optional(Type.Integer({ default: 62586115200 })),
    time_window_start: Type.Optional(Type.Integer({ minimum: 0, maximum: 86400 })),
    time_window_stop: Type.Optional(Type.Integer({ minimum: 0, maximum: 86400 })),
    wdays: Type.Optional(
      Type.Array(
        Type.Enum(['monday', 'tuesday', 'wednesday', 'wensday', 'thursday', 'friday', 'saturday', 'sunday']),
      ),
    ),
  },
});
