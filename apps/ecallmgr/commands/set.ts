// set: sets variables of the call, for this leg and, where asked, for the legs it makes.
import { legVariables } from '../dial/rules.ts';
import { playable } from '../playing.ts';
import { asApplicationVariables } from '../variables.ts';
import { unit } from './unit.ts';

export const set = unit({
  name: 'set',
  afterHangup: true,
  run: async (call, command) => {
    const everyLeg = command['Custom-Call-Vars'] ?? {};
    const own = { ...everyLeg, ...command['Custom-Channel-Vars'] };
    const exported = command['Export-All'] === true ? own : everyLeg;
    call.channel.decide(own);
    call.export(exported);
    if (call.ended) return {};
    const { client } = call.around;
    const hold = own['Hold-Media'];
    const variables = {
      ...legVariables(own),
      ...(typeof hold === 'string' && hold !== '' ? { hold_music: await playable(call, hold) } : {}),
      ...asApplicationVariables(command['Custom-Application-Vars']),
    };
    await client.setVariables(call.callId, variables);
    const { otherLeg, bridged } = call.channel;
    if (bridged && otherLeg !== undefined) await client.setVariables(otherLeg, legVariables(exported));
    return {};
  },
});
