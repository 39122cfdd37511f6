// `hash insert|insert_ifempty|delete|delete_ifmatch|select/REALM/KEY[/VALUE]`: mod_hash, an atomic store of claims.

import type { Api } from '../calls/contract.ts';

export const hash: Api = ({ hash: store }, args) => {
  const [verb = '', realm, key, ...rest] = args.trim().split('/');
  const value = rest.join('/');
  if (!realm || !key) return '-ERR Usage: hash [insert|delete|select]/<realm>/<key>/<value>\n';
  const name = `${realm}_${key}`;
  const held = store.get(name);
  switch (verb.toLowerCase()) {
    case 'insert':
      store.set(name, value);
      return '+OK\n';
    case 'insert_ifempty':
      if (held !== undefined) return '-ERR key already exists\n';
      store.set(name, value);
      return '+OK\n';
    case 'delete':
      return store.delete(name) ? '+OK\n' : '-ERR Not found\n';
    case 'delete_ifmatch':
      if (held === undefined) return '-ERR Not found\n';
      if (held !== value) return "-ERR Doesn't match\n";
      store.delete(name);
      return '+OK\n';
    case 'select':
      return held ?? '';
    default:
      return '-ERR Usage: hash [insert|delete|select]/<realm>/<key>/<value>\n';
  }
};
