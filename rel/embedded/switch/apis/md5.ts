// `md5 TEXT`: its digest in hexadecimal.

import { createHash } from 'node:crypto';
import type { Api } from '../calls/contract.ts';

export const md5: Api = (_core, args) =>
  args === '' ? '!err!' : createHash('md5').update(args).digest('hex');
