// connectivity: the PBXs of an account and their numbers, which trunkstore serves.
import { resource } from '../../../core/contract/index.ts';
import { connectivity as connectivityDocument } from '../../../core/documents/index.ts';
import { plain, type RestRequest } from '../engine/index.ts';
import { checkAddresses } from '../live/trusted.ts';
import { checkUsable, markUse } from '../numbers/use.ts';

const usedBy = 'trunkstore';

export const connectivity = plain(
  resource({
    path: 'connectivity',
    summary: 'Trunks to PBXs',
    document: connectivityDocument,
    listing: { design: 'trunkstore', view: 'crossbar_listing', ids: true },
    example: {
      name: 'Head office',
      servers: [
        {
          name: 'PBX',
          DIDs: {},
          auth: { auth_method: 'password', auth_user: 'pbx', auth_password: 'secret-of-pbx' },
        },
      ],
    },
    validate: async (request: RestRequest, next, previous) => {
      await checkAddresses(
        request,
        connectivityDocument.type,
        (next.servers ?? []).flatMap(({ auth }, index) =>
          auth.auth_method.toLowerCase() === 'ip'
            ? [{ path: `servers.${index}.auth.ip`, address: auth.ip }]
            : [],
        ),
      );
      await checkUsable(request, didsOf(previous), didsOf(next));
    },
    afterSave: (request, document, previous) => markUse(request, usedBy, didsOf(previous), didsOf(document)),
    afterDelete: (request, document) => markUse(request, usedBy, didsOf(document), []),
  }),
);

type Servers = { readonly servers?: readonly { readonly DIDs?: Readonly<Record<string, unknown>> }[] };

function didsOf(document: Servers | undefined): string[] {
  return (document?.servers ?? []).flatMap((server) => Object.keys(server.DIDs ?? {}));
}
