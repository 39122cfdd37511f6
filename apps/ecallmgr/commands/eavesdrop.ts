// eavesdrop: listens to another call, here or on another switch.
import { uuid } from '../freeswitch/index.ts';
import { moveTo } from '../moving/move.ts';
import { placeOf } from './call_pickup.ts';
import { unit } from './unit.ts';

export const eavesdrop = unit({
  name: 'eavesdrop',
  run: async (call, command) => {
    const { 'Target-Call-ID': target, 'Enable-DTMF': keys = false } = command;
    const place = await placeOf(call, uuid(target));
    if (place !== 'here') {
      const job = { 'Application-Name': 'eavesdrop', 'Target-Call-ID': target, 'Enable-DTMF': keys } as const;
      return moveTo(call, command, place, job);
    }
    call.prepare('set', `eavesdrop_enable_dtmf=${keys}`);
    return call.execute(command, 'eavesdrop', uuid(target));
  },
});
