// Endpoints whose requests are prepared before their operations get them.
import type { Endpoint, Operation } from './endpoint.ts';
import type { RestRequest } from './request.ts';

/** The same endpoints; `prepare` may refuse a request, or say whom it is about. */
export function around(
  endpoints: readonly Endpoint[],
  prepare: (request: RestRequest) => Promise<RestRequest>,
): Endpoint[] {
  const wrap = (operation: Operation): Operation => ({
    ...operation,
    run: async (request) => operation.run(await prepare(request)),
  });
  return endpoints.map(({ path, operations }) => ({
    path,
    operations: Object.fromEntries(
      Object.entries(operations).map(([verb, operation]) => [verb, wrap(operation)]),
    ),
  }));
}
