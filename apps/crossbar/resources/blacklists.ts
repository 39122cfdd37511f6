// blacklists: callers that are not let in, by their number.
import { resource } from '../../../core/contract/index.ts';
import { blacklist } from '../../../core/documents/index.ts';
import { toE164 } from '../../../core/telephony/index.ts';
import { plain, type RestRequest } from '../engine/index.ts';

export const blacklists = plain(
  resource({
    path: 'blacklists',
    summary: 'Callers that are not let in',
    document: blacklist,
    listing: { design: 'blacklists', view: 'crossbar_listing' },
    example: { name: 'Nuisance', numbers: { '+14155550100': {} }, should_block_anonymous: true },
    validate: async (_: RestRequest, next) => {
      // Callers come in E.164.
      const entries = Object.entries(next.numbers ?? {});
      next.numbers = Object.fromEntries(entries.map(([number, about]) => [toE164(number), about]));
    },
  }),
);
