// Whoever is to know of a port request is told of its new comments.
import { portComment } from '../../../core/messages/notification.ts';
import { type Comment, newAmong } from '../comments/comments.ts';
import { caller, type RestRequest } from '../engine/index.ts';
import { tell } from '../live/tell.ts';
import type { PortRequest } from './states.ts';

export const commentsOf = ({ comments = [] }: Partial<PortRequest>): Comment[] => comments as Comment[];

/** One message a comment that stood not there before. */
export async function tellOfComments(
  request: RestRequest,
  stored: PortRequest,
  previous: Partial<PortRequest> = {},
): Promise<void> {
  for (const comment of newAmong(commentsOf(stored), commentsOf(previous)))
    await tell(request.services, portComment, {
      'Account-ID': String(stored.pvt_account_id),
      'Authorized-By': caller(request).account._id,
      'Port-Request-ID': stored._id,
      Comment: comment,
    });
}
