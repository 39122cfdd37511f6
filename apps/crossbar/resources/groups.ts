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
    example: { name: 'Sales', endpoints: { '0123456789abcdef0123456789abcdef': { type: 'user' } } },
    byOwner: { design: 'groups', view: 'crossbar_listing_by_user' },
  }),
);
