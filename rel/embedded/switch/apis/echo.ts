// `echo TEXT`.

import type { Api } from '../calls/contract.ts';

export const echo: Api = (_core, args) => args;
