// The `resource_job` document (contract/couch.md §3): numbers of a carrier that an account takes over, many at once.
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** An import of numbers. */
export const resource_job = document({
  type: 'resource_job',
  schema: 'resource_jobs',
  database: 'modb',
  summary: 'An import of the numbers of a carrier',
  fields: {
    /** Why a number was not taken, by number. */
    errors: Type.Optional(freeObject),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    numbers: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 500 }),
    resource_id: Type.String({ minLength: 1, maxLength: 256 }),
    /** The numbers that were taken, as they are then. */
    successes: Type.Optional(freeObject),
  },
  privateFields: {
    pvt_status: Type.Enum(['pending', 'running', 'complete']),
    pvt_timestamp: Type.Integer(),
    pvt_node: Type.String(),
  },
});
