// The `resource_selector` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** A resource selector. */
export const resourceSelector = document({
  type: 'resource_selector',
  schema: 'resource_selectors',
  database: 'account',
  summary: 'Which carrier serves a prefix',
  fields: {
    name: Type.String(),
    resource: Type.String(),
    selector: Type.String(),
    start_time: Type.Optional(Type.Integer()),
    stop_time: Type.Optional(Type.Integer()),
    value: Type.Optional(Type.String()),
  },
});
