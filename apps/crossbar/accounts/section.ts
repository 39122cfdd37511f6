// A section of an account, a user or a device as a resource of its own: read, replace, remove one key of the document.
import { isRecord, type Permission, type TSchema } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { device, user } from '../../../core/documents/index.ts';
import {
  accountEndpoint,
  auditFields,
  checkRevision,
  type DataReply,
  type Endpoint,
  load,
  operation,
  pathParameter,
  type RestRequest,
  settablePart,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { updateAccount } from './write.ts';

type Change = (document: StoredDocument) => StoredDocument;

/** What a section is kept in. */
interface Holder {
  readonly said: string;
  /** What stands before the section in the path. */
  readonly above: string;
  read(request: RestRequest): Promise<object & { readonly _rev?: string }>;
  write(request: RestRequest, change: Change): Promise<object & { readonly _rev?: string }>;
}

const ofAccount: Holder = {
  said: 'the account',
  above: '',
  read: (request) => targetDatabase(request).get(targetAccount(request)._id),
  write: (request, change) => updateAccount(request.services.store, targetAccount(request)._id, change),
};

const ofDocument = (contract: typeof user | typeof device): Holder => {
  const parameter = `${contract.type}_id`;
  return {
    said: `a ${contract.type}`,
    above: `${contract.type}s/:${parameter}/`,
    read: (request) => load(targetDatabase(request), contract, pathParameter(request, parameter)),
    write: async (request, change) => {
      const id = pathParameter(request, parameter);
      await load(targetDatabase(request), contract, id);
      return targetDatabase(request).update(id, change);
    },
  };
};

export interface Section {
  /** The key in the document, and the last part of the path. */
  readonly key: string;
  /** What it is called in the documentation. */
  readonly said: string;
  readonly schema: TSchema;
  /** Who may read it. */
  readonly reads: Permission;
}

/** Its endpoints below the account, its users and its devices; administrators write. */
export function section(contract: Section): Endpoint[] {
  return [ofAccount, ofDocument(user), ofDocument(device)].map((holder) => endpoint(contract, holder));
}

function endpoint({ key, said, schema, reads }: Section, holder: Holder): Endpoint {
  const shown = (document: object & { readonly _rev?: string }): DataReply => {
    const found = (document as Record<string, unknown>)[key];
    return { data: isRecord(found) ? found : {}, revision: document._rev };
  };
  const change = async (request: RestRequest, next: Change): Promise<DataReply> => {
    checkRevision(request, await holder.read(request));
    return shown(
      await holder.write(
        request,
        (document) => ({ ...next(document), ...auditFields(request) }) as StoredDocument,
      ),
    );
  };
  const whose = `the ${said} of ${holder.said}`;
  return accountEndpoint(`${holder.above}${key}`, {
    GET: operation(
      reads,
      `${whose[0]?.toUpperCase()}${whose.slice(1)}`,
      async (request) => shown(await holder.read(request)),
      { reply: schema },
    ),
    POST: operation(
      'admin',
      `Replaces ${whose}`,
      (request) =>
        change(request, (document) => ({ ...document, [key]: settablePart(request.data as object) })),
      { accepts: schema, reply: schema },
    ),
    DELETE: operation('admin', `Removes ${whose}`, (request) =>
      change(request, ({ [key]: _, ...document }) => document as StoredDocument),
    ),
  });
}
