// acls: the access lists that the switches are told, as they are set for this node and its zone (contract/crossbar.md §6.4).
import { Type } from '../../../core/contract/index.ts';
import { accountEndpoint, operation, type RestModule } from '../engine/index.ts';

const read = operation(
  'superduper',
  'Access lists by name, as they are set (`system_config/ecallmgr`, `acls`)',
  async ({ services }) => ({ data: await services.systemConfig.get<object>('ecallmgr', 'acls', {}) }),
  { reply: Type.Record(Type.String(), Type.Unknown()) },
);

export const acls: RestModule = {
  name: 'acls',
  summary: 'Access lists of the switches',
  endpoints: [{ path: '/acls', operations: { GET: read } }, accountEndpoint('acls', { GET: read })],
};
