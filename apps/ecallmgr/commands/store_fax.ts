// store_fax: sends the fax that was received away.
import { faxPath } from '../fax.ts';
import { put } from './store.ts';
import { unit } from './unit.ts';

export const storeFax = unit({
  name: 'store_fax',
  afterHangup: true,
  run: (call, command) => {
    const path = faxPath(call.around.recordings(), call.callId, command['Fax-Local-Filename']);
    return put(call, path, command['Media-Transfer-Destination']);
  },
});
