// Addresses that need no digest: carriers and PBXs known by IP (contract/kamailio.md §2).
import { message } from '../contract/index.ts';
import { Vars } from './fields.ts';

/**
 * `Trusted` is `{name: {cidrs: [], ports?: [], token, type, disputed?: []}}`. `disputed` networks are claimed by another
 * account as well: they are not to be trusted, only known as taken.
 */
export const trustedReply = message({
  category: 'trusted',
  name: 'reply',
  exchange: 'targeted',
  fields: { Trusted: Vars },
});

export const trustedQuery = message({
  category: 'trusted',
  name: 'query',
  exchange: 'trusted',
  key: () => 'trusted.query',
  fields: {},
  answers: [trustedReply],
});

/** The list changed: ask again. */
export const trustedReload = message({
  category: 'trusted',
  name: 'reload',
  exchange: 'trusted',
  key: () => 'trusted.reload',
  fields: {},
});
