// recv_dtmf: acts as if the caller had sent digits.
import { word } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const recvDtmf = unit({
  name: 'recv_dtmf',
  run: async (call, { DTMFs }) => {
    await call.api('uuid_recv_dtmf', word(DTMFs));
    return {};
  },
});
