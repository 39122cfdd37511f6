// resource_templates: carriers as a pattern for the accounts' own (contract/crossbar.md §6.4).
import { resource } from '../../../core/contract/index.ts';
import { resourceTemplate } from '../../../core/documents/index.ts';
import { plain } from '../engine/index.ts';

export const resource_templates = plain(
  resource({
    path: 'resource_templates',
    summary: 'Carriers as templates',
    document: resourceTemplate,
    listing: { design: 'resources', view: 'resource_templates' },
    example: {
      name: 'Template',
      template_name: 'Our carrier',
      gateways: [{ server: 'sip.carrier.test', port: 5070 }],
    },
  }),
);
