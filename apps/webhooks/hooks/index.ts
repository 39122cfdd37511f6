// Every kind of events that a webhook may be told of.
import { channel } from './channel.ts';
import { notifications } from './notifications.ts';
import { object } from './object.ts';
import { parking } from './parking.ts';
import { sms } from './sms.ts';
import type { Source } from './source.ts';

export const sources: readonly Source[] = [channel, parking, object, notifications, sms];
