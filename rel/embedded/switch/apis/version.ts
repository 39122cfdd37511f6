// `version`: what this is, in the form clients of FreeSWITCH look for.

import type { Api } from '../calls/contract.ts';

export const VERSION = '1.11.0-mirliton embedded switch';

export const version: Api = () => `FreeSWITCH Version ${VERSION}\n`;
