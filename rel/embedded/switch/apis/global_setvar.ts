// `global_setvar NAME=VALUE`.

import type { Api } from '../calls/contract.ts';

export const globalSetvar: Api = ({ globals }, args) => {
  const [, name, value = ''] = /^\s*([^=]+)(?:=(.*))?$/s.exec(args) ?? [];
  if (!name) return '-USAGE: <var>=<value> [=<value2>]\n';
  if (value) globals.set(name, value);
  else globals.delete(name);
  return '+OK';
};
