// set: sets variables of the call, for this leg and, where asked, for the legs it makes.
import { asApplicationVariables, asChannelVariables } from '../variables.ts';
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
    const variables = {
      ...asChannelVariables(own),
      ...asApplicationVariables(command['Custom-Application-Vars']),
    };
    await client.setVariables(call.callId, variables);
    const { otherLeg, bridged } = call.channel;
    if (bridged && otherLeg !== undefined) await client.setVariables(otherLeg, asChannelVariables(exported));
    return {};
  },
});
