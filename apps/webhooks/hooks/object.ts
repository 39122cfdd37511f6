// object: a document of an account was made, changed or deleted.
import type { MessageOf } from '../../../core/contract/index.ts';
import { databaseClassOf, rawName } from '../../../core/couch/index.ts';
import { docCreated, docDeleted, docEdited } from '../../../core/messages/configuration.ts';
import { chosen, source } from './source.ts';

const contracts = [docCreated, docEdited, docDeleted] as const;
type Change = MessageOf<(typeof contracts)[number]>;

/** What telling of it would make anew, without end. */
const ownTraces = new Set(['webhook_attempt']);

export const object = source<(typeof contracts)[number]>({
  bindings: contracts.map(({ names: [name] }) => ({ exchange: 'configuration', key: `${name}.#` })),
  contracts,
  hookOf: () => 'object',
  accountOf: (change) => (ownTraces.has(change.Type ?? '') ? undefined : accountOf(change)),
  payloadOf: (change, account) => ({
    id: change.ID,
    account_id: account._id,
    action: change['Event-Name'],
    type: change.Type,
  }),
  wanted: (hook, change) =>
    // `all` hooks have no choice of their own.
    hook.hook !== 'object' ||
    (chosen(hook, 'type', change.Type) && chosen(hook, 'action', change['Event-Name'])),
});

function accountOf({ Database, ID }: Change): string | undefined {
  const database = rawName(Database);
  const kind = databaseClassOf(database);
  if (kind === 'accounts') return ID;
  if (kind !== 'account' && kind !== 'modb') return undefined;
  return /^account\/([0-9a-f]{2})\/([0-9a-f]{2})\/([0-9a-f]{28})/.exec(database)?.slice(1).join('');
}
