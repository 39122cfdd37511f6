// Notifications: what people are told by mail (contract/kapi.md, kapi_notifications).
import { message } from '../contract/index.ts';
import { maybeText, text } from './fields.ts';

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
