// What Monster UI asks for and may be told that it is not there: what Kazoo's open source has not either, and resources that this
// crossbar does not have yet.
import { modules } from '../../apps/crossbar/resources/index.ts';
import { blocked, type Exchange } from './page.ts';

/** Contract/monster.md §4. */
const neverThere = [
  'apps_store/marketplace',
  'braintree',
  'external_numbers',
  'service_plans',
  'telexsmsboxes',
  'trunkingio_settings',
];

const nounOf = (path: string): string => path.replace(/^\/?(accounts\/[^/?]+\/)?/, '').split(/[/?]/)[0] ?? '';

/** First parts of paths, below the account or at the top. */
const nouns = new Set(
  modules.flatMap(({ endpoints }) => endpoints.map(({ path }) => nounOf(path.replace(':account_id', 'A')))),
);

/** True when nobody promised that there is something at `path`, which is below the version of the API. */
export function absent(path: string): boolean {
  const below = path.replace(/^accounts\/[^/?]+\//, '');
  if (below === path && /^accounts\//.test(path)) return false;
  return neverThere.some((one) => below.startsWith(one)) || !nouns.has(nounOf(path));
}

/** What it asks for to learn that it was never set up: a 404 is the answer. */
const notSetUp = ['whitelabel', 'storage'];

/** What is asked of a call center that runs; where none does, that is the answer: 503. */
const ofCallCenter = /\/(queues|agents)\/(stats|status)$/;

/** The requests that were refused although the contract promises an answer, and those whose answer the page could not read. */
export const refused = (exchanges: readonly Exchange[]): readonly Exchange[] =>
  exchanges.filter(
    ({ status, method, path }) =>
      status === blocked ||
      (status >= 400 &&
        !absent(path) &&
        !(status === 503 && ofCallCenter.test(path)) &&
        !(status === 404 && method === 'GET' && notSetUp.includes(nounOf(path)))),
  );
