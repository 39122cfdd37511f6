// `uuid_exists UUID`: true or false.

import type { Api } from '../calls/contract.ts';

export const uuidExists: Api = ({ channels }, args) => String(channels.has(args.trim()));
