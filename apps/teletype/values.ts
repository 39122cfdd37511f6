// What a template may name: the fields of the notification, and the documents that it is about.
import type { AppContext } from '../../core/app/index.ts';
import { isRecord } from '../../core/contract/index.ts';
import { accountDatabase, type StoredDocument } from '../../core/couch/index.ts';
import { snakeCase } from '../../core/messages/snake-case.ts';
import { portValues } from './ports.ts';

export type Notification = Readonly<Record<string, unknown>>;
type Json = Record<string, unknown>;

export interface Values extends Json {
  readonly account: Json;
  readonly user: Json;
  readonly voicemail: Json;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Public keys only. */
function shown(document: StoredDocument | undefined): Json {
  const entries = Object.entries(document ?? {}).filter(([key]) => !/^(_|pvt_)/.test(key));
  return document ? { id: document._id, ...Object.fromEntries(entries) } : {};
}

/** `port` is the port request that is told of. */
export async function valuesOf(
  { store }: AppContext,
  told: Notification,
  port?: StoredDocument,
): Promise<Values> {
  const fields = snakeCase(told) as Json;
  const accountId = text(told['Account-ID']);
  const find = async (id: unknown): Promise<StoredDocument | undefined> =>
    accountId !== undefined && text(id) !== undefined
      ? store
          .database(accountDatabase(accountId))
          .find(String(id))
          .catch(() => undefined)
      : undefined;
  const account = accountId === undefined ? undefined : await store.database('accounts').find(accountId);
  const box = await find(told['Voicemail-Box']);
  const owner = await find(told['User-ID'] ?? told['Owner-ID'] ?? box?.['owner_id']);
  const hook = text(told['Hook-ID']) && (await store.database('webhooks').find(String(told['Hook-ID'])));
  const bag = isRecord(told['DataBag']) ? told['DataBag'] : {};
  return {
    ...fields,
    ...bag,
    account: shown(account),
    user: {
      ...shown(owner),
      ...(text(told['First-Name']) && { first_name: told['First-Name'] }),
      ...(text(told['Last-Name']) && { last_name: told['Last-Name'] }),
    },
    link: told['Password-Reset-Link'],
    caller_id: { name: told['Caller-ID-Name'], number: told['Caller-ID-Number'] },
    callee_id: { name: told['Callee-ID-Name'], number: told['Callee-ID-Number'] },
    from: { user: told['From-User'], realm: told['From-Realm'] },
    to: { user: told['To-User'], realm: told['To-Realm'] },
    voicemail: {
      ...shown(box),
      msg_id: told['Voicemail-ID'],
      length: told['Voicemail-Length'],
      transcription: isRecord(told['Voicemail-Transcription'])
        ? told['Voicemail-Transcription']['text']
        : undefined,
    },
    ...(port && { port_request: await portValues(store, told, port, account?.['timezone']) }),
    ...(hook ? { hook: { ...shown(hook), disable_reason: hook['pvt_disabled_message'] } } : {}),
  };
}
