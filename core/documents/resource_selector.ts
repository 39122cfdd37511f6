// The `resource_selector` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** A resource selector. */
export const resourceSelector = document({
  type: 'resource_selector',
  schema: 'resource_selectors',
  database: 'resource_selectors',
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

/** In what order the selectors of an account are tried: each name has rules of its own. */
export const resourceSelectorRules = document({
  type: 'resource_selector_rules',
  schema: 'resource_selectors.rules',
  database: 'account',
  summary: 'Rules of resource selectors',
  fields: {},
});
