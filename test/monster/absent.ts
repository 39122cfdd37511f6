// What Monster UI asks for and may be told that it is not there: what Kazoo's open source has not either, and resources that this
// crossbar does not have yet.
import { modules } from '../../apps/crossbar/resources/index.ts';

/** Contract/monster.md §4. */
const neverThere = [
  'apps_store/marketplace',
  'braintree',
  'external_numbers',
  'port_requests/lnp_lookup',
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
