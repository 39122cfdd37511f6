// migrations: what can be done once to an account that Kazoo wrote, and whether it was (contract/crossbar.md §6.5).
import { isRecord, type Static, Type } from '../../../core/contract/index.ts';
import { accountDatabase, gregorian, type StoredDocument } from '../../../core/couch/index.ts';
import { migrations as contract } from '../../../core/documents/index.ts';
import { descendantsOf } from '../accounts/tree.ts';
import { updateAccount } from '../accounts/write.ts';
import {
  accountEndpoint,
  auditFields,
  caller,
  type DataReply,
  exclusive,
  findAccount,
  idParameter,
  missing,
  operation,
  pathParameter,
  type RestModule,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';

interface Migration {
  readonly description: string;
  /** The account as it is after it. */
  readonly change: (account: StoredDocument) => StoredDocument;
}

const known: Readonly<Record<string, Migration>> = {
  notify_to_teletype: {
    description: 'Mails of voicemail and fax as teletype makes them: the templates of notify are forgotten',
    change: (account) => {
      const {
        voicemail_to_email: _,
        fax_to_email: __,
        ...notifications
      } = isRecord(account['notifications']) ? account['notifications'] : {};
      return { ...account, notifications };
    },
  },
};

const order = Type.Object({
  perform_migration: Type.Literal('now'),
  include_descendants: Type.Optional(Type.Boolean({ default: false })),
  include_resellers: Type.Optional(
    Type.Boolean({ default: false, description: 'of those below also the ones that are resellers' }),
  ),
});

export const migrations: RestModule = {
  name: 'migrations',
  summary: 'What can be done once to an account',
  endpoints: [
    accountEndpoint('migrations', {
      GET: operation('superduper', 'What can be done, by name', async () => ({
        data: Object.fromEntries(Object.entries(known).map(([id, { description }]) => [id, description])),
      })),
    }),
    accountEndpoint(`migrations/:${idParameter}`, {
      GET: operation('superduper', 'Whether it was done', read),
      POST: operation('superduper', 'Does it', perform, {
        accepts: order,
        reply: Type.Object({ performed_on: Type.Array(Type.String()) }),
      }),
    }),
  ],
};

function migrationOf(request: RestRequest): Migration & { readonly id: string } {
  const id = pathParameter(request, idParameter);
  const found = Object.hasOwn(known, id) ? known[id] : undefined;
  if (!found) throw missing(id);
  return { ...found, id };
}

async function read(request: RestRequest): Promise<DataReply> {
  const { id, description } = migrationOf(request);
  const done = await targetDatabase(request).find(contract.type, { fresh: true });
  const performed = done?.['migrations_performed'];
  const one = isRecord(performed) ? performed[id] : undefined;
  return {
    data: {
      id,
      description,
      performed: isRecord(one),
      ...(isRecord(one) && { performed_time: one['performed_time'] }),
    },
  };
}

async function perform(request: RestRequest<Static<typeof order>>): Promise<DataReply> {
  const migration = migrationOf(request);
  const { store } = request.services;
  const own = targetAccount(request)._id;
  const { include_descendants, include_resellers } = request.data;
  const below = include_descendants ? (await descendantsOf(store, own)).map(({ id }) => id) : [];
  const performed: string[] = [];
  for (const id of [own, ...below]) {
    if (id !== own && !include_resellers && (await findAccount(store, id))?.pvt_reseller) continue;
    await updateAccount(store, id, migration.change);
    await note(request, id, migration.id);
    performed.push(id);
  }
  return { data: { performed_on: performed } };
}

/** When it was done, and by whom. */
async function note(request: RestRequest, account: string, id: string): Promise<void> {
  const { account: theirs, user, original } = caller(request);
  const database = request.services.store.database(accountDatabase(account));
  await exclusive(`${database.name} ${contract.type}`, async () => {
    const before = await database.find(contract.type, { fresh: true });
    const performed = before?.['migrations_performed'];
    await database.save({
      ...before,
      ...auditFields(request),
      _id: contract.type,
      pvt_type: contract.type,
      migrations_performed: {
        ...(isRecord(performed) && performed),
        [id]: {
          auth_account_id: theirs._id,
          auth_account_name: theirs.name,
          ...(user && { auth_user_id: user._id, auth_user_name: `${user.first_name} ${user.last_name}` }),
          ...(original && {
            original_auth_account_id: original.accountId,
            original_auth_owner_id: original.ownerId,
          }),
          performed_time: gregorian(),
        },
      },
    });
  });
}
