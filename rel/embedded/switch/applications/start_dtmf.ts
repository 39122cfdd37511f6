// `start_dtmf`: in-band digits are the affair of the media engine here; nothing is to be done.

import type { Application } from '../calls/contract.ts';

export const startDtmf: Application = { run: () => undefined };
