// `load MODULE`: everything is built in.

import type { Api } from '../calls/contract.ts';

export const load: Api = () => '-ERR [Module already loaded]\n';
