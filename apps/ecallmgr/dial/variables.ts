// Fields of endpoints, bridges and originates as channel variables (contract/freeswitch.md §2).
import { harmless, word } from '../freeswitch/index.ts';
import { asApplicationVariables, asChannelVariables, asHeaderVariables, type Vars } from '../variables.ts';

/** Any of the commands and endpoints that share these fields. */
export type Fields = Readonly<Record<string, unknown>>;

type Rule = readonly [variable: string, value?: (value: unknown) => unknown];

const flag = (value: unknown): string => String(value === true || value === 'true');
const whenTrue = (value: unknown): string | undefined => (flag(value) === 'true' ? 'true' : undefined);

/** One field, one variable. */
const rules: Readonly<Record<string, Rule>> = {
  'Auth-User': ['sip_auth_username'],
  'Auth-Password': ['sip_auth_password'],
  'Auth-Realm': ['sip_auth_realm'],
  'Outbound-Caller-ID-Name': ['origination_caller_id_name', whole],
  'Outbound-Caller-ID-Number': ['origination_caller_id_number'],
  'Outbound-Callee-ID-Name': ['origination_callee_id_name'],
  'Outbound-Callee-ID-Number': ['origination_callee_id_number'],
  'Outbound-Call-ID': ['origination_uuid', (value) => word(value)],
  'Endpoint-Timeout': ['leg_timeout'],
  'Endpoint-Delay': ['leg_delay_start'],
  'Endpoint-Progress-Timeout': ['leg_progress_timeout'],
  'Ignore-Early-Media': ['ignore_early_media', flag],
  'Ignore-Completed-Elsewhere': ['ignore_completed_elsewhere', whenTrue],
  'Presence-ID': ['presence_id'],
  'Confirm-File': ['group_confirm_file'],
  'Confirm-Key': ['group_confirm_key'],
  'Confirm-Cancel-Timeout': ['group_confirm_cancel_timeout'],
  'Bypass-Media': ['bypass_media_after_bridge', whenTrue],
  'Fail-On-Single-Reject': [
    'fail_on_single_reject',
    (value) => (value === true ? 'true' : value || undefined),
  ],
  'Participant-Flags': ['conference_member_flags', conferenceFlags],
  'Loopback-Bowout': ['loopback_bowout'],
  'Simplify-Loopback': ['loopback_bowout_on_execute'],
  'Enable-T38-Fax': ['fax_enable_t38', flag],
  'Enable-T38-Fax-Request': ['fax_enable_t38_request', flag],
  'Enable-T38-Passthrough': ['t38_passthru', flag],
};

/** FreeSWITCH shows of a caller's name what is behind the last slash or colon, and before an @ (sofia_glue.c). */
function whole(name: unknown): string {
  return String(name).replace(/[/:@|]/g, '-');
}

/** The variables that stand for these fields; those without a value are left out. */
export function fieldVariables(fields: Fields): Vars {
  const variables: Record<string, unknown> = {};
  for (const [field, [name, value]] of Object.entries(rules)) {
    const given = fields[field];
    if (given === undefined || given === '') continue;
    variables[name] = value ? value(given) : given;
  }
  return {
    ...variables,
    ...identity(fields),
    ...(Array.isArray(fields['Codecs']) ? { absolute_codec_string: codecs(fields['Codecs']) } : {}),
    ...asHeaderVariables(fields['Custom-SIP-Headers'] as Vars | undefined),
    ...asApplicationVariables(fields['Custom-Application-Vars'] as Vars | undefined),
    ...asChannelVariables(withoutControls(fields['Custom-Channel-Vars'] as Vars | undefined)),
    ...callControls(fields['Custom-Channel-Vars'] as Vars | undefined),
  };
}

// Kazoo hands these down inside the Custom-Channel-Vars of a forward, but they are orders to the switch.
const controls = ['Confirm-File', 'Confirm-Key', 'Confirm-Cancel-Timeout'];

const withoutControls = (vars: Vars = {}): Vars =>
  Object.fromEntries(Object.entries(vars).filter(([key]) => !controls.includes(key)));

function callControls(vars: Vars = {}): Vars {
  const given = Object.fromEntries(Object.entries(vars).filter(([key]) => controls.includes(key)));
  const early = flag(vars['Require-Ignore-Early-Media']) === 'true' ? { ignore_early_media: 'true' } : {};
  const own = Object.entries(given).map(([key, value]) => [rules[key]?.[0] ?? key, value] as const);
  return { ...early, ...Object.fromEntries(own) };
}

function identity(fields: Fields): Vars {
  const hidden = [
    ...(fields['Privacy-Hide-Name'] === true ? ['hide_name'] : []),
    ...(fields['Privacy-Hide-Number'] === true ? ['hide_number'] : []),
  ];
  const number = fields['Asserted-Identity-Number'];
  const realm = fields['Asserted-Identity-Realm'];
  return {
    ...(hidden.length > 0 ? { origination_privacy: hidden.join(':') } : {}),
    ...(number && realm
      ? {
          'sip_h_P-Asserted-Identity': `"${harmless(fields['Asserted-Identity-Name'] ?? '')}" <sip:${word(number)}@${word(realm)}>`,
        }
      : {}),
  };
}

/** Flags of a participant as mod_conference calls them. */
function conferenceFlags(flags: unknown): string | undefined {
  const names = (Array.isArray(flags) ? flags : []).map((flag) => flagNames[String(flag)] ?? word(flag));
  return names.length > 0 ? names.join(',') : undefined;
}

const flagNames: Readonly<Record<string, string>> = {
  distribute_dtmf: 'dist-dtmf',
  is_moderator: 'moderator',
  disable_moh: 'nomoh',
  join_existing: 'join-only',
  video_mute: 'vmute',
};

const codecNames: Readonly<Record<string, string>> = {
  'G.711U': 'PCMU',
  'G.711A': 'PCMA',
  'AMR-WB': 'AMR-WB',
};

function codecs(names: readonly unknown[]): string | undefined {
  const known = names.map((name) => codecNames[String(name)] ?? word(name));
  return known.length > 0 ? known.join(',') : undefined;
}
