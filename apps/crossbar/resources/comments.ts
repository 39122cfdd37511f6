// comments: what people wrote beside any document of an account, and beside the account itself (contract/crossbar.md §6.5).
import type { AnyDocument } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { account } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { updateAccount } from '../accounts/write.ts';
import type { Comment } from '../comments/comments.ts';
import { type Commented, commentEndpoints, type Next } from '../comments/endpoints.ts';
import {
  auditFields,
  checkRevision,
  documentId,
  load,
  onNewest,
  pathParameter,
  type RestModule,
  type RestRequest,
  storedAs,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';

/** `others` are all modules: the documents of an account that they keep may have comments. */
export function comments(others: readonly RestModule[]): RestModule {
  const documents = new Map<string, AnyDocument>(
    others.flatMap(({ plain }) =>
      plain && !plain.shared && !plain.within && plain.document.database === 'account'
        ? [[plain.path, plain.document] as const]
        : [],
    ),
  );
  const contractOf = (request: RestRequest): AnyDocument => {
    const kind = pathParameter(request, 'kind');
    const found = documents.get(kind);
    if (found) return found;
    throw new AppError('not_found', { message: `nothing of ${kind} has comments`, details: { cause: kind } });
  };
  return {
    name: 'comments',
    summary: 'What people wrote beside a document',
    endpoints: [
      ...commentEndpoints({
        path: '',
        name: 'an account',
        readers: 'admin',
        find: async (request) =>
          commented(await load(targetDatabase(request), account, targetAccount(request)._id)),
        change: ofAccount,
      }),
      ...commentEndpoints({
        path: ':kind/:id/',
        name: 'a document of an account',
        readers: 'admin',
        find: async (request) =>
          commented(await load(targetDatabase(request), contractOf(request), documentId(request))),
        change: (request, next) => ofDocument(request, contractOf(request), next),
      }),
    ],
  };
}

/** Whoever may write to the document may write all of them. */
function commented(document: object & { readonly _rev?: string }): Commented {
  return { comments: commentsOf(document), privileged: true, revision: document._rev };
}

function commentsOf(document: object): Comment[] {
  const { comments = [] } = document as { readonly comments?: Comment[] };
  return Array.isArray(comments) ? comments : [];
}

async function ofAccount(request: RestRequest, next: Next): Promise<Commented> {
  const { store } = request.services;
  return commented(
    await updateAccount(store, targetAccount(request)._id, (document) => {
      checkRevision(request, document);
      return { ...document, ...auditFields(request), comments: next(commentsOf(document), true) };
    }),
  );
}

async function ofDocument(request: RestRequest, contract: AnyDocument, next: Next): Promise<Commented> {
  const database = targetDatabase(request);
  const stored = await onNewest(request, `${database.name} ${contract.type}`, async () => {
    const document = await load(database, contract, documentId(request), { fresh: true });
    checkRevision(request, document);
    return database.save({
      ...document,
      ...auditFields(request),
      comments: next(commentsOf(document), true),
    } as StoredDocument);
  });
  return commented(storedAs(contract, stored));
}
