// bridge: rings endpoints and connects the first that answers; ends when the two legs part or nobody took the call.
import type { ControlledCall } from '../control/call.ts';
import type { CommandOf } from '../control/command.ts';
import { dialString } from '../dial/string.ts';
import { fieldVariables } from '../dial/variables.ts';
import { variable, variableList, variableSequence } from '../freeswitch/index.ts';
import { playable } from '../playing.ts';
import { unit } from './unit.ts';

export const bridge = unit({
  name: 'bridge',
  run: async (call, command) => {
    const caller = await callerVariables(call, command);
    const legs = dialString(command.Endpoints, {
      proxy: call.around.proxy(),
      method: command['Dial-Endpoint-Method'] ?? 'single',
      legVars: legVars(call),
      shared: sharedFields(command),
      confirmFiles: await confirmFiles(call, command),
    });
    if (caller !== '') call.prepare('multiset', `^^;${caller}`);
    const whole = variableList({
      originate_timeout: command.Timeout,
      // Without it a leg is offered the caller's codecs alone, and a phone that has none of them cannot be rung.
      media_mix_inbound_outbound_codecs: 'true',
      ...fieldVariables({ 'Fail-On-Single-Reject': command['Fail-On-Single-Reject'] }),
      outbound_redirect_fatal: command['Ignore-Forward'] === false ? undefined : 'true',
    });
    return call.execute(command, 'bridge', `${whole === '' ? '' : `{${whole}}`}${legs}`);
  },
  completion: (event) => ({
    'Application-Response': variable(event, 'originate_disposition') ?? 'NORMAL_TEMPORARY_FAILURE',
  }),
});

/** What every leg made for this call carries: whose it is, and which conversation it belongs to. */
export function legVars(call: ControlledCall): Record<string, unknown> {
  const { channel, around } = call;
  return {
    'Account-ID': channel.get('Account-ID'),
    'Account-Realm': channel.get('Account-Realm'),
    'Call-Interaction-ID': channel.get('Call-Interaction-ID'),
    'Bridge-ID': channel.get('Bridge-ID') ?? call.callId,
    ...call.exported,
    'Ecallmgr-Node': around.node,
  };
}

// Fields of the command that mean each leg; an endpoint's own win.
const shared =
  `Outbound-Caller-ID-Name Outbound-Caller-ID-Number Outbound-Callee-ID-Name Outbound-Callee-ID-Number
  Ignore-Early-Media Ignore-Completed-Elsewhere Custom-SIP-Headers Custom-Channel-Vars Custom-Application-Vars
  Privacy-Hide-Name Privacy-Hide-Number Confirm-File Confirm-Key Confirm-Cancel-Timeout Enable-T38-Fax
  Enable-T38-Fax-Request Enable-T38-Passthrough Asserted-Identity-Name Asserted-Identity-Number Asserted-Identity-Realm`
    .split(/\s+/)
    .filter(Boolean);

const sharedFields = (command: CommandOf<'bridge'>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(command).filter(([field]) => shared.includes(field)));

/** Variables of the calling leg for this bridge, as one list. */
async function callerVariables(call: ControlledCall, command: CommandOf<'bridge'>): Promise<string> {
  const { Ringback, 'Hold-Media': hold } = command;
  const tone = Ringback ? await playable(call, Ringback) : undefined;
  return variableSequence({
    ringback: tone,
    transfer_ringback: tone,
    hold_music: hold ? await playable(call, hold).catch(() => undefined) : undefined,
    // FreeSWITCH would hang up the caller after it.
    park_after_bridge: bypasses(command) ? 'true' : undefined,
    bypass_media: command.Media === 'bypass' ? 'true' : undefined,
    continue_on_fail: command['Continue-On-Fail'] === false ? 'false' : undefined,
  });
}

/** Whether the phones may come to talk to each other past the switch. */
const bypasses = (command: CommandOf<'bridge'>): boolean =>
  command.Media === 'bypass' || command.Endpoints.some((it) => String(it['Bypass-Media']) === 'true');

/** The confirmation prompts of all endpoints by their names, as the switch plays them. */
async function confirmFiles(
  call: ControlledCall,
  command: CommandOf<'bridge'>,
): Promise<Record<string, string>> {
  const given = [command, ...command.Endpoints].flatMap((it) => [
    'Confirm-File' in it ? it['Confirm-File'] : undefined,
    it['Custom-Channel-Vars']?.['Confirm-File'],
  ]);
  const names = new Set(given.filter((name): name is string => typeof name === 'string' && name !== ''));
  const account = call.channel.get('Account-ID') ?? 'system_media';
  const files = [...names].map(async (name) => {
    const media = name.includes('/') ? name : `prompt://${account}/${name}/en-us`;
    return [name, await playable(call, media)] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}
