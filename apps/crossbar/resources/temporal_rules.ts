// temporal_rules: times of day, week and year.
import { resource } from '../../../core/contract/index.ts';
import { temporalRule } from '../../../core/documents/index.ts';
import { plain } from '../engine/index.ts';

export const temporal_rules = plain(
  resource({
    path: 'temporal_rules',
    summary: 'Times of day, week and year',
    document: temporalRule,
    listing: { design: 'temporal_rules', view: 'crossbar_listing' },
    example: {
      name: 'Working hours',
      cycle: 'weekly',
      wdays: ['monday', 'friday'],
      time_window_start: 32_400,
    },
  }),
);
