// The events that a webhook may be told of: what they are called, and what `custom_data` must choose (contract/crossbar.md §11).
import type { AnyDocument } from '../contract/index.ts';
import { isAnnounced } from '../couch/index.ts';
import * as documents from '../documents/index.ts';
import type { HookName } from '../documents/webhook.ts';
import { notifications } from '../messages/notification.ts';

/** A key of `custom_data` that a hook of the type must have, and its values: a list, or each with a description. */
export type Modifier =
  | { readonly type: 'array'; readonly description: string; readonly items: readonly string[] }
  | {
      readonly type: 'object';
      readonly items: Readonly<
        Record<string, { readonly friendly_name: string; readonly description: string }>
      >;
    };

export interface HookType {
  readonly id: HookName;
  readonly name: string;
  readonly description: string;
  readonly modifiers?: Readonly<Record<string, Modifier>>;
}

const documentTypes = [
  ...new Set((Object.values(documents) as AnyDocument[]).map(({ type }) => String(type))),
]
  .filter(isAnnounced)
  .sort();

/** Only the master account may be told of these. */
export const superduperNotifications: readonly string[] = ['system_alert', 'webhook'];

const notificationTypes = Object.fromEntries(
  notifications.map(({ names, summary }) => {
    const [name = ''] = names as readonly string[];
    return [name, { friendly_name: name.replaceAll('_', ' '), description: summary }];
  }),
);

/** All but `all`. */
export const hookTypes: readonly HookType[] = [
  { id: 'channel_answer', name: 'Channel Answer', description: 'A leg of a call was answered' },
  { id: 'channel_bridge', name: 'Channel Bridge', description: 'Two legs of a call were connected' },
  { id: 'channel_create', name: 'Channel Create', description: 'A leg of a call began' },
  { id: 'channel_destroy', name: 'Channel Destroy', description: 'A leg of a call ended' },
  {
    id: 'notifications',
    name: 'Notifications',
    description: 'Somebody is told something by mail',
    modifiers: {
      type: {
        type: 'object',
        items: { all: { friendly_name: 'all', description: 'Any of them' }, ...notificationTypes },
      },
    },
  },
  {
    id: 'object',
    name: 'Object',
    description: 'A document of the account was made, changed or deleted',
    modifiers: {
      type: { type: 'array', description: 'Types of documents', items: ['all', ...documentTypes] },
      action: {
        type: 'array',
        description: 'What happened',
        items: ['all', 'doc_created', 'doc_edited', 'doc_deleted'],
      },
    },
  },
  { id: 'parking', name: 'Call Parking', description: 'A call was parked, taken back or lost' },
  { id: 'sms', name: 'SMS', description: 'A short message came in' },
];
