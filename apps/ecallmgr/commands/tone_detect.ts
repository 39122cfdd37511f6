// tone_detect: listens for a tone while the call goes on; what is heard is told as DETECTED_TONE.
import { actionVariable } from '../actions.ts';
import { word } from '../freeswitch/index.ts';
import { inside } from './queue.ts';
import { unit } from './unit.ts';

const sides = { read: 'r', write: 'w' } as const;

export const toneDetect = unit({
  name: 'tone_detect',
  run: async (call, command) => {
    const { Timeout = 1000, 'Hits-Needed': hits = 1, 'Sniff-Direction': side = 'read' } = command;
    const frequencies = command.Frequencies.map(word).join(',');
    const name = word(command['Tone-Detect-Name']);
    const onSuccess = [command['On-Success'] ?? []].flat().map((it) => inside(command, it, ''));
    if (onSuccess.length > 0)
      await call.around.client.setVariables(call.callId, actionVariable('DETECTED_TONE', onSuccess, name));
    // How often it must be heard can only be said behind something to be done then.
    const then = `set mirliton_tone=${name} ${word(hits)}`;
    const timeout = String(Timeout).replace(/^\+/, '');
    return call.execute(
      command,
      'tone_detect',
      `${name} ${frequencies} ${sides[side]} +${word(timeout)} ${then}`,
    );
  },
});
