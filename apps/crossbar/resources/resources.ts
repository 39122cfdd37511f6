// resources: carriers, the account's own and, at the top, those that all accounts share.
import { resource } from '../../../core/contract/index.ts';
import { resource as carrier } from '../../../core/documents/index.ts';
import { trustedReload } from '../../../core/messages/trusted.ts';
import { jobEndpoints } from '../carriers/jobs.ts';
import { collectionEndpoint, plain, type RestRequest, targetDatabase } from '../engine/index.ts';
import { tell } from '../live/tell.ts';
import { checkAddresses } from '../live/trusted.ts';

/** The addresses of carriers are trusted by the edge, which keeps a list of them. */
const announce = ({ services }: RestRequest): Promise<void> => tell(services, trustedReload, {});

const contract = resource({
  path: 'resources',
  summary: 'Carriers',
  document: carrier,
  listing: { design: 'resources', view: 'crossbar_listing' },
  example: { name: 'Carrier', weight_cost: 40, gateways: [{ server: 'sip.carrier.test', port: 5070 }] },
  system: {
    database: 'offnet',
    verbs: {
      collection: { GET: 'superduper', PUT: 'superduper' },
      item: { GET: 'superduper', POST: 'superduper', PATCH: 'superduper', DELETE: 'superduper' },
    },
  },
  validate: (request: RestRequest, next) =>
    checkAddresses(
      request,
      carrier.type,
      (next.gateways ?? []).map(({ server }, index) => ({
        path: `gateways.${index}.server`,
        address: server,
      })),
    ),
  afterSave: announce,
  afterDelete: announce,
});

export const resources = plain(contract, [
  collectionEndpoint(contract, '/accounts/:account_id/resources', 'admin', targetDatabase),
  collectionEndpoint(contract, '/resources', 'superduper', ({ services }) =>
    services.store.database('offnet'),
  ),
  ...jobEndpoints,
]);
