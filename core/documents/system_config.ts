// The `config` documents (contract/couch.md §1): settings of the cluster by category, with a section for each node and zone.
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** What stands in a section is each category's own business. */
export const systemConfig = document({
  type: 'config',
  schema: 'system_configs',
  database: 'system_config',
  summary: 'Settings of the cluster: a section for a node or a zone goes before `default`',
  fields: { default: Type.Optional(freeObject) },
});
