// `hash_dump all|limit|db [REALM]`: what mod_hash holds, a line `D/REALM_KEY/VALUE` for each entry.

import type { Api } from '../calls/contract.ts';

export const hash_dump: Api = ({ hash: store }, args) => {
  const [what = '', realm] = args.trim().split(' ');
  if (!['all', 'limit', 'db'].includes(what)) return 'Usage: all|limit|db [<realm>]\n';
  // Nothing is counted by limits here.
  const wanted = what === 'limit' ? [] : [...store].filter(([name]) => !realm || name.includes(`${realm}_`));
  return wanted.map(([name, value]) => `D/${name}/${value}\n`).join('');
};
