// Tasks about registrations: which phones are registered now.

import { snakeCase } from '../../../core/messages/snake-case.ts';
import type { RestRequest } from '../engine/index.ts';
import { registrationsOf } from '../live/registrations.ts';
import type { Action, Output } from './action.ts';

const columns = [
  'username',
  'realm',
  'account_id',
  'authorizing_id',
  'contact',
  'expires',
  'user_agent',
  'source_ip',
  'source_port',
  'event_timestamp',
];

async function* list(request: RestRequest): AsyncGenerator<Output> {
  for (const fields of await registrationsOf(request)) yield snakeCase(fields) as Output;
}

export const registrations: Readonly<Record<string, Action>> = {
  list: {
    description: 'Lists the phones of the account that are registered now',
    permission: 'account',
    output: columns,
    rows: list,
  },
};
