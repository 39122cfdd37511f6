// `global_getvar [NAME]`.

import type { Api } from '../calls/contract.ts';

export const globalGetvar: Api = ({ globals }, args) => {
  const name = args.trim();
  if (name) return globals.get(name) ?? '';
  return [...globals].map(([key, value]) => `${key}=${value}\n`).join('');
};
