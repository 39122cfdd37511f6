// system_status: every process of the cluster as it tells of itself.
import { operation, type RestModule } from '../engine/index.ts';
import { clusterStatus } from '../system/status.ts';

export const system_status: RestModule = {
  name: 'system_status',
  summary: 'The processes of the cluster',
  endpoints: [
    {
      path: '/system_status',
      operations: {
        GET: operation('superduper', 'Every process of the cluster, by zone and node', async (request) => ({
          data: await clusterStatus(request),
        })),
      },
    },
  ],
};
