// page: rings phones that answer by themselves and lets them hear the caller, in a conference that ends with him.
import { createHash } from 'node:crypto';
import type { ControlledCall } from '../control/call.ts';
import type { CommandOf } from '../control/command.ts';
import { dialString } from '../dial/string.ts';
import { variableSequence } from '../freeswitch/index.ts';
import { legVars } from './bridge.ts';
import { unit } from './unit.ts';

// Seconds that a phone may take: one that does not answer by itself is not waited for.
const patience = 5;

export const page = unit({
  name: 'page',
  run: (call, command) => {
    const twoWay = String(command['Page-Options']?.['Two-Way-Audio']) === 'true';
    const settings = variableSequence({
      conference_auto_outcall_profile: 'page',
      conference_auto_outcall_skip_member_beep: 'true',
      // Legs are parted at it; one is named at a time.
      conference_auto_outcall_delimiter: '|',
      conference_auto_outcall_maxwait: 1,
      conference_utils_auto_outcall_flags: twoWay ? 'none' : 'mute',
      conference_auto_outcall_caller_id_name: command['Caller-ID-Name'] ?? call.channel.callerIdName,
      conference_auto_outcall_caller_id_number: command['Caller-ID-Number'] ?? call.channel.callerIdNumber,
    });
    call.prepare('multiset', `^^;${settings}`);
    for (const leg of legsOf(call, command)) call.prepare('conference_set_auto_outcall', leg);
    // The same name when another ecallmgr goes on with it.
    const name = createHash('sha256').update(command['Msg-ID']).digest('hex').slice(0, 16);
    return call.execute(command, 'conference', `page_${name}@page+flags{endconf}`);
  },
});

/** The dial string of each phone: it is told to answer, and heard from when it has. */
function legsOf(call: ControlledCall, command: CommandOf<'page'>): string[] {
  const vars = command['Custom-Channel-Vars'] ?? { 'Auto-Answer-Suppress-Notify': 'true' };
  return command.Endpoints.map((endpoint) =>
    dialString([{ 'Endpoint-Timeout': command.Timeout ?? patience, ...endpoint }], {
      proxy: call.around.proxy(),
      method: 'simultaneous',
      legVars: { ...legVars(call), ...vars, 'Auto-Answer': 'true' },
      shared: { 'Ignore-Early-Media': true, 'Custom-SIP-Headers': command['Custom-SIP-Headers'] },
      more: { sip_invite_params: 'intercom=true', alert_info: 'intercom' },
    }),
  );
}
