// The `call_recording` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** A recording of a call, in the month in which it was begun; the sound is its attachment, or was sent to `url`. */
export const callRecording = document({
  type: 'call_recording',
  schema: 'call_recordings',
  database: 'modb',
  summary: 'A recording of a call',
  fields: {
    call_id: Type.Optional(Type.String()),
    callee_id_name: Type.Optional(Type.String()),
    callee_id_number: Type.Optional(Type.String()),
    caller_id_name: Type.Optional(Type.String()),
    caller_id_number: Type.Optional(Type.String()),
    cdr_id: Type.Optional(Type.String()),
    content_type: Type.Optional(Type.String()),
    custom_channel_vars: Type.Optional(freeObject),
    description: Type.Optional(Type.String()),
    direction: Type.Optional(Type.String()),
    duration: Type.Optional(Type.Integer({ description: 'seconds' })),
    duration_ms: Type.Optional(Type.Integer()),
    endpoint_id: Type.Optional(Type.String()),
    from: Type.Optional(Type.String()),
    interaction_id: Type.Optional(Type.String()),
    media_source: Type.Optional(Type.String()),
    media_type: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    origin: Type.Optional(Type.String()),
    owner_id: Type.Optional(Type.String()),
    request: Type.Optional(Type.String()),
    source_type: Type.Optional(Type.String()),
    start: Type.Optional(Type.Integer({ description: 'Gregorian seconds' })),
    to: Type.Optional(Type.String()),
    url: Type.Optional(Type.String()),
  },
  privateFields: {
    /** How it goes to `url`. */
    pvt_method: Type.Enum(['put', 'post']),
    /** It is there; Gregorian seconds. */
    pvt_sent: Type.Integer(),
  },
});
