// notifications: somebody is told something by mail.
import { notifications as messages } from '../../../core/messages/notification.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import { chosen, type Payload, source } from './source.ts';

/** What lets somebody in does not belong to URLs, nor into the record of what they were told. */
const secrets = ['Password', 'Password-Reset-Link', 'Account-API-Key'];
/** About the message, and nobody's business outside. */
const internal = ['Server-ID', 'Node', 'App-Name', 'App-Version'];

interface Told {
  readonly 'Event-Name': string;
  readonly 'Account-ID'?: unknown;
}

export const notifications = source({
  bindings: [{ exchange: 'notifications', key: 'notifications.*.*' }],
  contracts: messages,
  hookOf: () => 'notifications',
  accountOf: (message: Told) =>
    typeof message['Account-ID'] === 'string' ? message['Account-ID'] : undefined,
  payloadOf: (message: Told) => {
    const fields = Object.entries(message)
      .filter(([key]) => !internal.includes(key))
      .map(([key, value]) => [key, secrets.includes(key) ? '[redacted]' : value]);
    return snakeCase(Object.fromEntries(fields)) as Payload;
  },
  wanted: (hook, message: Told) =>
    hook.hook !== 'notifications' || chosen(hook, 'type', message['Event-Name']),
});
