// access_lists: addresses that may, or may not, use an account or one of its devices. They are kept; an edge that asks for
// them does not stand in this cluster yet.
import { accessLists as schema } from '../../../core/documents/shared.ts';
import { section } from '../accounts/section.ts';
import type { RestModule } from '../engine/index.ts';

export const access_lists: RestModule = {
  name: 'access_lists',
  summary: 'Addresses that may use an account or a device',
  endpoints: section({ key: 'access_lists', said: 'access lists', schema, reads: 'admin' }),
};
