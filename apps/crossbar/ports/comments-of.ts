// `port_requests/{id}/comments`: the comments of a request as a list of its own, numbered from 0 as they are seen.
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
import { portOf, storePort } from './request.ts';
import { isAuthority, type PortRequest } from './states.ts';

const reply = Type.Array(comment);
/** What must be said; who says it is known, and when. */
const written = Type.Object({
  ...Type.Partial(comment).properties,
  content: Type.String({ minLength: 1 }),
});
const body = Type.Object({ comments: Type.Array(written, { minItems: 1 }) });
type Written = RestRequest<Static<typeof written>>;

export function commentEndpoints(): Endpoint[] {
  const path = 'port_requests/:id/comments';
  return [
    accountEndpoint(path, {
      GET: operation(
        'account',
        'Comments of a request',
        async (request) => shown(request, await portOf(request)),
        {
          reply,
        },
      ),
      PUT: operation(
        'admin',
        'Adds comments to a request',
        (request) =>
          change(request, (stood, privileged) =>
            withNew(
              request,
              stood,
              request.data.comments.map((one) => signed(request, one as Partial<Comment>, privileged)),
              privileged,
            ),
          ),
        { accepts: body, reply },
      ),
      DELETE: operation(
        'admin',
        'Removes the comments of a request',
        (request) =>
          change(request, (stood, privileged) => stood.filter((one) => !mayChange(request, one, privileged))),
        { reply },
      ),
    }),
    accountEndpoint(`${path}/:number`, {
      GET: operation('account', 'A comment', readOne, { reply: comment }),
      POST: operation('admin', 'Replaces a comment', replaceOne, { accepts: written, reply }),
      DELETE: operation(
        'admin',
        'Removes a comment',
        (request) =>
          change(request, (stood, privileged) => {
            const found = mine(request, stood, privileged);
            return stood.filter((one) => one !== found);
          }),
        { reply },
      ),
    }),
  ];
}

function commentsOf({ comments = [] }: PortRequest): Comment[] {
  return comments as Comment[];
}

function shown(request: RestRequest, port: PortRequest): DataReply {
  return { data: visible(commentsOf(port), isAuthority(request, port)), revision: port._rev };
}

async function readOne(request: RestRequest): Promise<DataReply> {
  const port = await portOf(request);
  return { data: numbered(request, commentsOf(port), isAuthority(request, port)) };
}

function replaceOne(request: Written): Promise<DataReply> {
  return change(request, (stood, privileged) => {
    const found = mine(request, stood, privileged);
    const next = signed(
      request,
      { timestamp: found.timestamp, ...(request.data as Partial<Comment>) },
      privileged,
    );
    return inOrder(stood.map((one) => (one === found ? next : one)));
  });
}

async function change(
  request: RestRequest,
  next: (stood: readonly Comment[], privileged: boolean) => Comment[],
): Promise<DataReply> {
  const { data, revision } = await storePort(request, async (port) => ({
    ...port,
    comments: next(commentsOf(port), isAuthority(request, port)),
  }));
  return { data: (data as { comments?: unknown }).comments ?? [], revision };
}

/** The comment that the path numbers among those that the caller sees. */
function numbered(request: RestRequest, stood: readonly Comment[], privileged: boolean): Comment {
  const number = pathParameter(request, 'number');
  const found = /^\d{1,6}$/.test(number) ? visible(stood, privileged)[Number(number)] : undefined;
  if (found) return found;
  throw new AppError('not_found', { message: 'the request has no such comment', details: { cause: number } });
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
