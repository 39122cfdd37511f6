// `…/comments`: the comments of a document as a list of its own, numbered from 0 as they are seen.
import { type Static, Type } from '../../../core/contract/index.ts';
import { comment } from '../../../core/documents/shared.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  type DataReply,
  type Endpoint,
  operation,
  pathParameter,
  type RestRequest,
} from '../engine/index.ts';
import { type Comment, inOrder, isOwn, signed, visible, withNew } from './comments.ts';

/** The comments of a document, and whether the caller sees and changes all of them. */
export interface Commented {
  readonly comments: readonly Comment[];
  readonly privileged: boolean;
  readonly revision: string | undefined;
}

/** What has comments. */
export interface Subject {
  /** The path of its document, below the account. */
  readonly path: string;
  /** As it is called: "a request". */
  readonly name: string;
  /** Who reads them; only administrators write. */
  readonly readers: 'account' | 'admin';
  /** Those of the document in the path. Rejects with `bad_identifier` when there is none. */
  find(request: RestRequest): Promise<Commented>;
  /** Stores what `next` makes of them. */
  change(request: RestRequest, next: Next): Promise<Commented>;
}

export type Next = (comments: readonly Comment[], privileged: boolean) => Comment[];

const reply = Type.Object({ comments: Type.Array(comment) });
/** What must be said; who says it is known, and when. */
const written = Type.Object({
  ...Type.Partial(comment).properties,
  content: Type.String({ minLength: 1 }),
});
const body = Type.Object({ comments: Type.Array(written, { minItems: 1 }) });
type Written = RestRequest<Static<typeof written>>;
type Added = RestRequest<Static<typeof body>>;

export function commentEndpoints(subject: Subject): Endpoint[] {
  const { path, name, readers } = subject;
  return [
    accountEndpoint(`${path}comments`, {
      GET: operation(readers, `Comments of ${name}`, async (request) => shown(await subject.find(request)), {
        reply,
      }),
      PUT: operation('admin', `Adds comments to ${name}`, (request) => add(subject, request), {
        accepts: body,
        reply,
      }),
      DELETE: operation(
        'admin',
        `Removes the comments of ${name}`,
        (request) => removeAll(subject, request),
        {
          reply,
        },
      ),
    }),
    accountEndpoint(`${path}comments/:number`, {
      GET: operation(readers, `A comment of ${name}`, (request) => readOne(subject, request), {
        reply: comment,
      }),
      POST: operation('admin', `Replaces a comment of ${name}`, (request) => replaceOne(subject, request), {
        accepts: written,
        reply: comment,
      }),
      DELETE: operation('admin', `Removes a comment of ${name}`, (request) => removeOne(subject, request), {
        reply,
      }),
    }),
  ];
}

function shown({ comments, privileged, revision }: Commented): DataReply {
  return { data: { comments: visible(comments, privileged) }, revision };
}

async function add(subject: Subject, request: Added): Promise<DataReply> {
  return shown(
    await subject.change(request, (stood, privileged) =>
      withNew(
        request,
        stood,
        request.data.comments.map((one) => signed(request, one as Partial<Comment>, privileged)),
        privileged,
      ),
    ),
  );
}

/** Of those of others all stay. */
async function removeAll(subject: Subject, request: RestRequest): Promise<DataReply> {
  return shown(
    await subject.change(request, (stood, privileged) =>
      stood.filter((one) => !mayChange(request, one, privileged)),
    ),
  );
}

async function readOne(subject: Subject, request: RestRequest): Promise<DataReply> {
  const { comments, privileged, revision } = await subject.find(request);
  return { data: numbered(request, comments, privileged), revision };
}

async function replaceOne(subject: Subject, request: Written): Promise<DataReply> {
  let data: Comment | undefined;
  const { revision } = await subject.change(request, (stood, privileged) => {
    const found = mine(request, stood, privileged);
    const next = signed(
      request,
      { timestamp: found.timestamp, ...(request.data as Partial<Comment>) },
      privileged,
    );
    data = next;
    return inOrder(stood.map((one) => (one === found ? next : one)));
  });
  return { data, revision };
}

async function removeOne(subject: Subject, request: RestRequest): Promise<DataReply> {
  return shown(
    await subject.change(request, (stood, privileged) => {
      const found = mine(request, stood, privileged);
      return stood.filter((one) => one !== found);
    }),
  );
}

/** The comment that the path numbers among those that the caller sees. */
function numbered(request: RestRequest, stood: readonly Comment[], privileged: boolean): Comment {
  const number = pathParameter(request, 'number');
  const found = /^\d{1,6}$/.test(number) ? visible(stood, privileged)[Number(number)] : undefined;
  if (found) return found;
  throw new AppError('bad_identifier', { message: 'there is no such comment', details: { cause: number } });
}

/** The same, when the caller may change it. */
function mine(request: RestRequest, stood: readonly Comment[], privileged: boolean): Comment {
  const found = numbered(request, stood, privileged);
  if (mayChange(request, found, privileged)) return found;
  throw new AppError('forbidden', {
    message: 'the comment is of another account',
    details: { cause: 'comments' },
  });
}

const mayChange = (request: RestRequest, comment: Comment, privileged: boolean): boolean =>
  privileged || isOwn(request, comment);
