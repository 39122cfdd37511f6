// resources: carriers, the account's own and, at the top, those that all accounts share.
import { resource } from '../../../core/contract/index.ts';
import { resource as carrier } from '../../../core/documents/index.ts';
import { trustedReload } from '../../../core/messages/trusted.ts';
import { plain, type RestRequest } from '../engine/index.ts';

const announce = async ({ services }: RestRequest): Promise<void> => {
  // The addresses of carriers are trusted by the edge, which keeps a list of them.
  await services.bus.publish(trustedReload, {});
};

export const resources = plain(
  resource({
    path: 'resources',
    summary: 'Carriers',
    document: carrier,
    listing: { design: 'resources', view: 'crossbar_listing' },
    system: {
      database: 'offnet',
      verbs: {
        collection: { GET: 'superduper', PUT: 'superduper' },
        item: { GET: 'superduper', POST: 'superduper', PATCH: 'superduper', DELETE: 'superduper' },
      },
    },
    afterSave: announce,
    afterDelete: announce,
  }),
);
