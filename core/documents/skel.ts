// The `skel` document: any fields at all (contract/crossbar.md §6.5).
import { document, Type } from '../contract/index.ts';

/** Nothing but what its client puts in it. */
export const skel = document({
  type: 'skel',
  schema: 'skels',
  database: 'account',
  summary: 'A document of any form',
  fields: { name: Type.Optional(Type.String({ maxLength: 128 })) },
});
