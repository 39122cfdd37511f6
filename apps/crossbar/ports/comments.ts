// Comments of a port request: some are private between those who carry it out.
import { type Commented, commentEndpoints } from '../comments/endpoints.ts';
import type { Endpoint, RestRequest } from '../engine/index.ts';
import { portOf, storePort } from './request.ts';
import { isAuthority, type PortRequest } from './states.ts';
import { commentsOf } from './told.ts';

export const portCommentEndpoints = (): Endpoint[] =>
  commentEndpoints({
    path: 'port_requests/:id/',
    name: 'a port request',
    readers: 'account',
    find: async (request) => commented(request, await portOf(request)),
    change: async (request, next) =>
      commented(
        request,
        await storePort(request, async (port) => ({
          ...port,
          comments: next(commentsOf(port), isAuthority(request, port)),
        })),
      ),
  });

function commented(request: RestRequest, port: PortRequest): Commented {
  return { comments: commentsOf(port), privileged: isAuthority(request, port), revision: port._rev };
}
