// about: which version runs here, on what.

import { version } from '../../../core/files/index.ts';
import { type DataReply, operation, type RestModule, type RestRequest } from '../engine/index.ts';

export const about: RestModule = {
  name: 'about',
  summary: 'Version and state of this node',
  endpoints: [
    {
      path: '/about',
      operations: { GET: operation('superduper', 'Version and state of the node that answers', describe) },
    },
  ],
};

async function describe({ services: { node, settings } }: RestRequest): Promise<DataReply> {
  return {
    data: {
      version,
      node,
      zone: settings.zone,
      node_version: process.version,
      used_memory: process.memoryUsage().rss,
      uptime_seconds: Math.floor(process.uptime()),
    },
  };
}
