// Comments on a document: who wrote them, who sees them, and which are new.
import type { Static } from '../../../core/contract/index.ts';
import { gregorian } from '../../../core/couch/index.ts';
import type { comment } from '../../../core/documents/shared.ts';
import { AppError } from '../../../core/errors/index.ts';
import { caller, invalid, type RestRequest } from '../engine/index.ts';

export type Comment = Static<typeof comment>;

/** Those that the caller may see, in order of time; what is private is between those who carry a port out. */
export function visible(comments: readonly Comment[], isAuthority: boolean): Comment[] {
  return isAuthority ? [...comments] : comments.filter(({ is_private }) => is_private !== true);
}

/**
 * All comments after a request that sent some: those that stood, and those that are new under the name of the caller.
 * None that stood is lost or changed that way. Throws `forbidden` for what only the authority may say.
 */
export function withNew(
  request: RestRequest,
  stood: readonly Comment[],
  sent: readonly Comment[],
  isAuthority: boolean,
): Comment[] {
  const fresh = newAmong(sent, stood);
  return inOrder([...stood, ...fresh.map((one) => signed(request, one, isAuthority))]);
}

/** Those that did not stand before. */
export function newAmong(comments: readonly Comment[], stood: readonly Comment[]): Comment[] {
  const known = new Set(stood.map(identity));
  return comments.filter((one) => !known.has(identity(one)));
}

/** A comment under the caller's name. */
export function signed(request: RestRequest, comment: Partial<Comment>, isAuthority: boolean): Comment {
  const { is_private = false, action_required = false } = comment;
  if (!isAuthority && (is_private || action_required))
    throw new AppError('forbidden', {
      message: 'only the account that carries the port out may write private comments or ask for an action',
      details: { cause: 'comments' },
    });
  if (is_private && action_required)
    throw invalid('comments', 'rejected', 'a private comment cannot ask for an action', {
      cause: 'comments',
    });
  const { account, user } = caller(request);
  return {
    ...comment,
    content: String(comment.content ?? ''),
    timestamp: comment.timestamp ?? gregorian(),
    is_private,
    action_required,
    account_id: account._id,
    ...(user && { user_id: user._id }),
    author: user ? `${user.first_name} ${user.last_name}` : (comment.author ?? account.name),
  };
}

export const inOrder = (comments: readonly Comment[]): Comment[] =>
  [...comments].sort((a, b) => a.timestamp - b.timestamp);

const identity = ({ timestamp, content }: Comment): string => JSON.stringify([timestamp, content]);

/** Whether the comment was written by the account that asks. */
export const isOwn = (request: RestRequest, { account_id }: Comment): boolean =>
  account_id === caller(request).account._id;
