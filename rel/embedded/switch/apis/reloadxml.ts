// `reloadxml`: the embedded switch has no XML; the command is answered as clients expect.

import type { Api } from '../calls/contract.ts';

export const reloadxml: Api = () => '+OK [Success]\n';
