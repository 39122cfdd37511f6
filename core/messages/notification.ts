// Notifications: what people are told by mail (contract/kapi.md, kapi_notifications).
import { message, Type } from '../contract/index.ts';
import { Count, maybeText, some, text, Vars } from './fields.ts';

/** What the preview of a mail puts in the place of what is stored. */
const overrides = maybeText('Account-DB Attachment-URL Bcc Cc From HTML Preview Reply-To Subject Text To');

/** Somebody forgot a password: `Password-Reset-Link` lets them in once. */
export const passwordRecovery = message({
  category: 'notification',
  name: 'password_recovery',
  exchange: 'notifications',
  key: () => 'notifications.user.password_recovery',
  fields: {
    ...text('Account-ID Email Password-Reset-Link'),
    ...maybeText('First-Name Last-Name Timezone User-ID'),
    ...overrides,
  },
});

/** Somebody has a login now; `Password` is what they log in with, when it was set with the user. */
export const newUser = message({
  category: 'notification',
  name: 'new_user',
  exchange: 'notifications',
  key: () => 'notifications.user.new_user',
  fields: { ...text('Account-ID User-ID'), ...maybeText('Password'), ...overrides },
});

/** Messages were deleted by somebody else than the owner's own hand on the phone. */
export const voicemailDeleted = message({
  category: 'notification',
  name: 'voicemail_deleted',
  exchange: 'notifications',
  key: () => 'notifications.voicemail.voicemail_deleted',
  fields: {
    ...text('Account-ID From-Realm From-User Reason To-Realm To-User Voicemail-Box Voicemail-ID'),
    'Voicemail-Timestamp': Count,
    ...maybeText('Call-ID Caller-ID-Name Caller-ID-Number'),
    ...some(Count, 'Voicemail-Length'),
    'Voicemail-Transcription': Type.Optional(Vars),
    ...overrides,
  },
});
