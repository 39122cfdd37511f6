// temporal_rules_sets: several times as one.
import { resource } from '../../../core/contract/index.ts';
import { temporalRuleSet } from '../../../core/documents/index.ts';
import { plain } from '../engine/index.ts';

export const temporal_rules_sets = plain(
  resource({
    path: 'temporal_rules_sets',
    summary: 'Several times as one',
    document: temporalRuleSet,
    listing: { design: 'temporal_rules_sets', view: 'crossbar_listing' },
    example: { name: 'Closed', temporal_rules: ['0f1e2d3c4b5a69788796a5b4c3d2e1f0'] },
  }),
);
