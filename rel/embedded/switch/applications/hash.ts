// `hash COMMAND/REALM/KEY/VALUE`: mod_hash from the dialplan.

import type { Application } from '../calls/contract.ts';

export const hash: Application = {
  async run({ core, args }) {
    return (await core.runApi('hash', args))?.trim();
  },
};
