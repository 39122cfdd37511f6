// The `resource_template` document: a carrier that accounts may take as theirs (contract/couch.md §3).
import { document, Type } from '../contract/index.ts';
import { resource } from './resource.ts';

/** A template of carriers: as a carrier, under the name of the template. */
export const resourceTemplate = document({
  type: 'resource_template',
  schema: 'resource_templates',
  database: 'account',
  summary: 'A carrier as a template for others',
  fields: { ...resource.fields, template_name: Type.Optional(Type.String()) },
});
