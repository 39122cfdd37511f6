// The `presence_report` document: who watched which lamps just before they were reset (contract/crossbar.md §6.2).
import { document, Type } from '../contract/index.ts';

/** In the databases of the months. */
export const presenceReport = document({
  type: 'presence_report',
  schema: 'presence_reports',
  database: 'modb',
  summary: 'Who watched which lamps just before they were reset',
  fields: {
    presence_ids: Type.Array(Type.String()),
    subscriptions: Type.Optional(Type.Unknown()),
  },
});
