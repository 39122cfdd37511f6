// `stop_dtmf`: see start_dtmf.

import type { Application } from '../calls/contract.ts';

export const stopDtmf: Application = { run: () => undefined };
