// menus: IVR menus.
import { resource } from '../../../core/contract/index.ts';
import { menu } from '../../../core/documents/index.ts';
import { plain } from '../engine/index.ts';

export const menus = plain(
  resource({
    path: 'menus',
    summary: 'IVR menus',
    document: menu,
    listing: { design: 'menus', view: 'crossbar_listing' },
    example: { name: 'Main menu', timeout: 5000, retries: 2, hunt: false, media: { greeting: 'greeting-1' } },
  }),
);
