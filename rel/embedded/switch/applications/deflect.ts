// `deflect URI`: asks the far end of an answered call to call somebody else (REFER).

import type { Application } from '../calls/contract.ts';
import { redirect } from './redirect.ts';

export const deflect: Application = { run: redirect.run };
