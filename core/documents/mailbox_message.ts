// The `mailbox_message` document (contract/couch.md §§3-4), id `YYYYMM-<32 hex>`; the sound is its attachment.
import { document, Type } from '../contract/index.ts';

export const folders = ['new', 'saved', 'deleted'] as const;

/** What is told of a message; `length` in milliseconds, `timestamp` in Gregorian seconds. */
export const messageMetadata = {
  call_id: Type.Optional(Type.String()),
  caller_id_name: Type.Optional(Type.String({ maxLength: 35 })),
  caller_id_number: Type.Optional(Type.String({ maxLength: 35 })),
  folder: Type.Optional(Type.Enum([...folders])),
  from: Type.Optional(Type.String()),
  length: Type.Optional(Type.Integer()),
  media_id: Type.Optional(Type.String()),
  timestamp: Type.Optional(Type.Integer()),
  to: Type.Optional(Type.String()),
  transcription: Type.Optional(
    Type.Object({
      result: Type.Optional(Type.Enum(['success', 'error'])),
      text: Type.Optional(Type.String()),
    }),
  ),
};

/** A voicemail message, in the month in which it was left. */
export const mailboxMessage = document({
  type: 'mailbox_message',
  schema: 'mailbox_messages',
  database: 'modb',
  summary: 'A voicemail message',
  fields: {
    media_source: Type.Optional(Type.String()),
    media_type: Type.Optional(Type.String()),
    metadata: Type.Object(messageMetadata),
    name: Type.Optional(Type.String()),
    source_id: Type.String({ description: 'the box' }),
    source_type: Type.Optional(Type.String()),
    streamable: Type.Optional(Type.Boolean()),
  },
});
