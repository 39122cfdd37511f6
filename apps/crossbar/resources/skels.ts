// skels: documents with nothing but what their client puts in them (contract/crossbar.md §6.5).
import { resource } from '../../../core/contract/index.ts';
import { skel } from '../../../core/documents/index.ts';
import { plain } from '../engine/index.ts';

export const skels = plain(
  resource({
    path: 'skels',
    summary: 'Documents of any form',
    document: skel,
    example: { name: 'Anything', more: { of: ['it'] } },
    listing: { design: 'skels', view: 'crossbar_listing', ids: true },
  }),
);
