// Ratedecks: databases of rates, one of which is the default.
import type { Database } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { invalid, parameter, type RestRequest } from '../engine/index.ts';

const first = 'ratedeck';

/** The database of a deck by its `ratedeck_id`; the first without one. Throws `invalid_data`. */
export function deckName(id: unknown): string {
  if (id === undefined || id === '' || id === first) return first;
  if (typeof id !== 'string')
    throw invalid('ratedeck_id', 'type', 'must be string', { target: 'string', value: id });
  const name = id.replace(/^ratedeck-/, '');
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) return `${first}-${name}`;
  throw invalid('ratedeck_id', 'pattern', 'must be lower case letters, digits, - and _', { value: id });
}

/** The deck that the request names. One that does not exist begins with the first rate that is put there. */
export async function chooseDeck(request: RestRequest): Promise<string> {
  const { store } = request.services;
  const name = deckName(parameter(request, 'ratedeck_id'));
  if (request.verb === 'PUT') await store.ensure(name, 'ratedeck');
  else if (!(await store.exists(name)))
    throw new AppError('not_found', { message: 'no such ratedeck', details: { cause: name } });
  return name;
}

export async function deckOf(request: RestRequest): Promise<Database> {
  return request.services.store.database(await chooseDeck(request));
}

/** The one that is asked when nobody says which. */
export function defaultDeck({ services }: RestRequest): Promise<string> {
  return services.systemConfig.get('hotornot', 'default_ratedeck', first);
}

export function decks({ services }: RestRequest): Promise<string[]> {
  return services.store.list(first);
}
