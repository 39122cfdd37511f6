// call_inspector: what happened in a call. Kazoo reads SIP from the logs of its parts; here the ecallmgrs keep the story.
import { accountEndpoint, idParameter, operation, pathParameter, type RestModule } from '../engine/index.ts';
import { inspectable, storyOf } from '../live/stories.ts';

export const call_inspector: RestModule = {
  name: 'call_inspector',
  summary: 'What happened in a call',
  endpoints: [
    accountEndpoint('call_inspector', {
      GET: operation(
        'admin',
        'Calls that can be looked at: live ones and those that ended a moment ago',
        async (request) => ({
          data: await inspectable(request),
        }),
      ),
    }),
    accountEndpoint(`call_inspector/:${idParameter}`, {
      GET: operation('admin', 'The messages of a call, in order', async (request) => ({
        data: await storyOf(request, pathParameter(request, idParameter)),
      })),
    }),
  ],
};
