// websockets: what may be subscribed to, and the sockets of an account that are open (contract/crossbar.md §6.3).
import { isRecord } from '../../../core/contract/index.ts';
import { websocketsReq } from '../../../core/messages/websockets.ts';
import { availableBindings } from '../../../core/websockets/index.ts';
import {
  accountEndpoint,
  idParameter,
  missing,
  operation,
  pathParameter,
  type RestModule,
  type RestRequest,
  targetAccount,
} from '../engine/index.ts';
import { ofNodes } from '../live/patience.ts';

export const websockets: RestModule = {
  name: 'websockets',
  summary: 'Websockets that tell of events',
  endpoints: [
    {
      path: '/websockets',
      operations: {
        GET: operation('public', 'What may be subscribed to', async () => ({ data: availableBindings })),
      },
    },
    accountEndpoint('websockets', {
      GET: operation('admin', 'The open sockets of an account, on all nodes', async (request) => ({
        data: await openSockets(request),
      })),
    }),
    accountEndpoint(`websockets/:${idParameter}`, {
      GET: operation('admin', 'An open socket', async (request) => {
        const id = pathParameter(request, idParameter);
        const [socket] = await openSockets(request, id);
        if (socket === undefined) throw missing(id);
        return { data: socket };
      }),
    }),
  ],
};

async function openSockets(request: RestRequest, id?: string): Promise<unknown[]> {
  const answers = await request.services.bus.collect(
    websocketsReq,
    { 'Account-ID': targetAccount(request)._id, 'Socket-ID': id },
    { timeout: ofNodes },
  );
  return answers.flatMap(({ Data = [] }) => Data).filter(isRecord);
}
