// sup: maintenance functions that only look, by the names that Kazoo's operators know.
import { type Endpoint, operation, type RestModule, type RestRequest } from '../engine/index.ts';
import { functionsThatLook, look } from '../system/sup.ts';

const parts = ['module', 'function', 'first', 'second'];

const run = async (request: RestRequest) => ({
  data: await look(
    request,
    parts.flatMap((name) => request.params[name] ?? []),
  ),
});

export const sup: RestModule = {
  name: 'sup',
  summary: 'Maintenance functions that only look',
  endpoints: [
    {
      path: '/sup',
      operations: {
        GET: operation('superduper', 'The functions with their arguments, by module', async () => ({
          data: functionsThatLook(),
        })),
      },
    },
    ...[2, 3, 4].map(
      (count): Endpoint => ({
        path: `/sup/${parts
          .slice(0, count)
          .map((name) => `:${name}`)
          .join('/')}`,
        operations: { GET: operation('superduper', 'What a function sees', run) },
      }),
    ),
  ],
};
