// `uptime`: seconds since the start.

import type { Api } from '../calls/contract.ts';

export const uptime: Api = ({ startedAt }) => `${Math.floor((Date.now() - startedAt) / 1000)}\n`;
