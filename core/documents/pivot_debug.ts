// The `pivot_debug` document: a request that pivot made for a call, and its answer (contract/crossbar.md §6.2).
import { document, Type } from '../contract/index.ts';
import { oneOf } from './shared.ts';

/** In the databases of the months. */
export const pivotDebug = document({
  type: 'pivot_debug',
  schema: 'pivot_debug',
  database: 'modb',
  summary: 'A request that pivot made for a call, and its answer',
  fields: {
    call_id: Type.String(),
    iteration: Type.Optional(Type.Integer()),
    status_code: Type.Optional(oneOf(Type.String(), Type.Integer())),
    uri: Type.Optional(Type.String()),
  },
  privateFields: { pvt_node: Type.String() },
});
