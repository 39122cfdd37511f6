// bridge: rings endpoints and connects the first that answers; ends when the two legs part or nobody took the call.
import { errorText } from '../../../core/errors/index.ts';
import type { ControlledCall } from '../control/call.ts';
import type { CommandOf } from '../control/command.ts';
import { legMedia } from '../dial/media.ts';
import { dialString, isRungAtOnce } from '../dial/string.ts';
import { fieldVariables } from '../dial/variables.ts';
import { variable, variableList, variableSequence } from '../freeswitch/index.ts';
import { playable } from '../playing.ts';
import { unit } from './unit.ts';

export const bridge = unit({
  name: 'bridge',
  run: async (call, command) => {
    const { Endpoints: endpoints, 'Dial-Endpoint-Method': method = 'single' } = command;
    const [caller, media] = await Promise.all([callerVariables(call, command), mediaOf(call, command)]);
    const legs = dialString(endpoints, {
      proxy: call.around.proxy(),
      method,
      legVars: legVars(call),
      shared: sharedFields(command),
      media,
      onLeftOut: (error) => call.around.log.warn('an endpoint is not rung', { error: errorText(error) }),
    });
    // Whom it rings is not heard of before one of them says so.
    if (isRungAtOnce(endpoints, method) && !call.channel.answered) call.prepare('ring_ready', '');
    if (caller !== '') call.prepare('multiset', `^^;${caller}`);
    const whole = variableList({
      originate_timeout: command.Timeout === 0 ? undefined : command.Timeout,
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
  Enable-T38-Fax-Request Enable-T38-Gateway Enable-T38-Passthrough Force-Fax Asserted-Identity-Name Asserted-Identity-Number
  Asserted-Identity-Realm Secure-RTP SIP-Invite-Parameters Loopback-Bowout Simplify-Loopback Export-Variables
  Export-Bridge-Variables`
    .split(/\s+/)
    .filter(Boolean);

const sharedFields = (command: CommandOf<'bridge'>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(command).filter(([field]) => shared.includes(field)));

/** Variables of the calling leg for this bridge, as one list. */
async function callerVariables(call: ControlledCall, command: CommandOf<'bridge'>): Promise<string> {
  const ringback = named(command, 'Ringback');
  const hold = named(command, 'Hold-Media');
  const tone = ringback ? await playable(call, ringback) : undefined;
  return variableSequence({
    ringback: tone,
    transfer_ringback: tone,
    hold_music: hold ? await playable(call, hold).catch(() => undefined) : undefined,
    // FreeSWITCH would hang up the caller after it.
    park_after_bridge: bypasses(command) ? 'true' : undefined,
    bypass_media: command.Media === 'bypass' ? 'true' : undefined,
    continue_on_fail: continueOnFail(command['Continue-On-Fail']),
    hangup_after_bridge: command['Continue-After'] === false ? 'true' : undefined,
  });
}

/** A media name of the command, or of its Custom-Channel-Vars. */
function named(command: CommandOf<'bridge'>, field: 'Ringback' | 'Hold-Media'): string | undefined {
  const among = command['Custom-Channel-Vars']?.[field];
  return command[field] ?? (typeof among === 'string' ? among : undefined);
}

/** The causes after which the caller stays; he does after all of them unless this says otherwise. */
function continueOnFail(given: unknown): string | undefined {
  if (given === undefined || String(given) === 'true') return undefined;
  return Array.isArray(given) ? given.join(',') : String(given);
}

/** Whether the phones may come to talk to each other past the switch. */
const bypasses = (command: CommandOf<'bridge'>): boolean =>
  command.Media === 'bypass' || command.Endpoints.some((it) => it['Bypass-Media'] === true);

const mediaOf = (call: ControlledCall, command: CommandOf<'bridge'>): Promise<Record<string, string>> =>
  legMedia(command, command.Endpoints, {
    accountId: call.channel.get('Account-ID'),
    playable: (name) => playable(call, name),
    log: call.around.log,
  });
