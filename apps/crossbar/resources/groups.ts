// groups: users and devices that ring together.
import { resource } from '../../../core/contract/index.ts';
import { group } from '../../../core/documents/index.ts';
import { plain } from '../engine/index.ts';

export const groups = plain(
  resource({
    path: 'groups',
    summary: 'Groups of users and devices',
    document: group,
    listing: { design: 'groups', view: 'crossbar_listing' },
    byOwner: { design: 'groups', view: 'crossbar_listing_by_user' },
  }),
);
