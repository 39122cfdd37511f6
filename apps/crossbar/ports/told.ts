// Whoever is to know of a port request is told of its new comments, and of the state it came into.
import { gregorian } from '../../../core/couch/index.ts';
import {
  portCancel,
  portComment,
  portDone,
  portPending,
  portRejected,
  portRequestTold,
  portScheduled,
} from '../../../core/messages/notification.ts';
import { type Comment, newAmong } from '../comments/comments.ts';
import { caller, type RestRequest } from '../engine/index.ts';
import { tell } from '../live/tell.ts';
import type { PortDestination, PortRequest } from './states.ts';

export const commentsOf = ({ comments = [] }: Partial<PortRequest>): Comment[] => comments as Comment[];

/** One message a comment that stood not there before. */
export async function tellOfComments(
  request: RestRequest,
  stored: PortRequest,
  previous: Partial<PortRequest> = {},
): Promise<void> {
  for (const comment of newAmong(commentsOf(stored), commentsOf(previous)))
    await tell(request.services, portComment, { ...about(request, stored), Comment: comment });
}

const messages = {
  submitted: portRequestTold,
  pending: portPending,
  scheduled: portScheduled,
  completed: portDone,
  rejected: portRejected,
  canceled: portCancel,
} as const satisfies Readonly<Record<PortDestination, unknown>>;

/** One message of the state that a request came into, with the reason that was given. */
export async function tellOfState(
  request: RestRequest,
  stored: PortRequest,
  state: PortDestination,
  reason: string | undefined,
): Promise<void> {
  const { account, user } = caller(request);
  await tell(request.services, messages[state], {
    ...about(request, stored),
    ...(reason !== undefined && {
      Reason: {
        content: reason,
        timestamp: stored.pvt_modified ?? gregorian(),
        account_id: account._id,
        ...(user && { user_id: user._id }),
      },
    }),
    Version: 'v2',
  });
}

const about = (request: RestRequest, stored: PortRequest) => ({
  'Account-ID': String(stored.pvt_account_id),
  'Authorized-By': caller(request).account._id,
  'Port-Request-ID': stored._id,
});
