// `create_uuid`.

import { randomUUID } from 'node:crypto';
import type { Api } from '../calls/contract.ts';

export const createUuid: Api = () => randomUUID();
