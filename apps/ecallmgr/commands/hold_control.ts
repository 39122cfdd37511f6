// hold_control: puts the phone on hold by SIP.
import { uuid } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

const actions = { hold: '', unhold: 'off ', toggle: 'toggle ' } as const;

export const holdControl = unit({
  name: 'hold_control',
  run: async (call, { Action }) => {
    await call.around.client.api(`uuid_hold ${actions[Action]}${uuid(call.callId)}`);
    return {};
  },
});
