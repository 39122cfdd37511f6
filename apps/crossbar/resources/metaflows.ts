// metaflows: what can be done during a call by pressing keys; kept in the account, user or device that it is for.
import { metaflows as schema } from '../../../core/documents/shared.ts';
import { section } from '../accounts/section.ts';
import type { RestModule } from '../engine/index.ts';

export const metaflows: RestModule = {
  name: 'metaflows',
  summary: 'What can be done during a call by pressing keys',
  endpoints: section({ key: 'metaflows', said: 'metaflows', schema, reads: 'account' }),
};
