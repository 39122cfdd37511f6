// The `task` document (contract/couch.md §§3-4): what was asked, how far it is, and who does it now.
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** Work over many rows. Its input is the attachment `in.csv`; its output so far stands in `out.000001.csv` and so on. */
export const task = document({
  type: 'task',
  schema: 'tasks',
  database: 'tasks',
  summary: 'Work over many rows that is done in the background',
  fields: {
    file_name: Type.Optional(Type.String({ maxLength: 256 })),
    records: Type.Optional(Type.Array(freeObject)),
  },
  privateFields: {
    pvt_auth_account_id: Type.String(),
    pvt_auth_user_id: Type.String(),
    pvt_auth_method: Type.String(),
    pvt_accept_charges: Type.Boolean({ description: 'what its rows cost was accepted with the order' }),
    pvt_category: Type.String(),
    pvt_action: Type.String(),
    pvt_status: Type.Enum([
      'pending',
      'executing',
      'stopped',
      'success',
      'partial',
      'failure',
      'internal_error',
    ]),
    pvt_error: Type.String({ description: 'why nothing more was done' }),
    pvt_started_at: Type.Integer(),
    pvt_finished_at: Type.Integer(),
    pvt_total_rows: Type.Integer(),
    pvt_total_rows_failed: Type.Integer(),
    pvt_total_rows_succeeded: Type.Integer(),
    pvt_output_pieces: Type.Integer(),
    pvt_worker_node: Type.String(),
    pvt_claim: Type.Object({
      id: Type.String(),
      until: Type.Integer({ description: 'Unix milliseconds; later, anybody may take it over' }),
    }),
  },
});
