// Kazoo's fields that stand for variables of the switch (contract/freeswitch.md §2): said of a leg, a bridge, an originate, or
// among Custom-Channel-Vars.
import { word } from '../freeswitch/index.ts';
import { asChannelVariables, type Vars } from '../variables.ts';

type Rule = readonly [variable: string, value?: (value: unknown) => unknown];

const flag = (value: unknown): string => String(value === true || value === 'true');
const whenTrue = (value: unknown): string | undefined => (flag(value) === 'true' ? 'true' : undefined);
const joined = (value: unknown): unknown => (Array.isArray(value) ? value.join(',') : value);
/** Causes of ends; an empty list is none. */
const causes = (value: unknown): unknown => joined(value) || undefined;
/** Seconds; none is no limit of its own. */
const seconds = (value: unknown): unknown => (Number(value) > 0 ? value : undefined);

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
  'Origination-Call-ID': ['sip_origination_call_uuid'],
  'Caller-ID-Type': ['sip_cid_type', (value) => (value === 'from' ? 'none' : value)],
  'Endpoint-Timeout': ['leg_timeout', seconds],
  'Endpoint-Delay': ['leg_delay_start', seconds],
  'Endpoint-Progress-Timeout': ['leg_progress_timeout', seconds],
  'Progress-Timeout': ['progress_timeout', seconds],
  'Ignore-Early-Media': ['ignore_early_media', flag],
  'Ignore-Ring-Ready': ['ignore_ring_ready', whenTrue],
  'Ignore-Completed-Elsewhere': ['ignore_completed_elsewhere', whenTrue],
  'Ignore-Display-Updates': ['ignore_display_updates', whenTrue],
  'Presence-ID': ['presence_id'],
  'Alert-Info': ['alert_info'],
  'Hold-Media': ['hold_music'],
  'Confirm-File': ['group_confirm_file'],
  'Confirm-Key': ['group_confirm_key'],
  'Confirm-Cancel-Timeout': ['group_confirm_cancel_timeout'],
  'Confirm-Read-Timeout': ['group_confirm_read_timeout'],
  'Bypass-Media': ['bypass_media_after_bridge', whenTrue],
  'Fail-On-Single-Reject': ['fail_on_single_reject', causes],
  'Require-Fail-On-Single-Reject': ['fail_on_single_reject', causes],
  'Participant-Flags': ['conference_member_flags', conferenceFlags],
  'Conference-Entry-Sound': ['conference_enter_sound'],
  'Conference-Exit-Sound': ['conference_exit_sound'],
  'Eavesdrop-Group-ID': ['eavesdrop_group'],
  'Default-Language': ['default_language'],
  'Loopback-Bowout': ['loopback_bowout'],
  'Simplify-Loopback': ['loopback_bowout_on_execute'],
  'Enable-T38-Fax': ['fax_enable_t38', flag],
  'Enable-T38-Fax-Request': ['fax_enable_t38_request', flag],
  'Enable-T38-Passthrough': ['t38_passthru', flag],
  'Enable-T38-Gateway': ['execute_on_answer', gateway],
  'Force-Fax': ['execute_on_answer', gateway],
  'Fax-Identity-Name': ['fax_header'],
  'Fax-Identity-Number': ['fax_ident'],
  'Fax-Timezone': ['fax_timezone'],
  'Media-Encryption': ['rtp_secure_media'],
  'RTP-Secure-Media': ['rtp_secure_media'],
  'Secure-RTP': ['rtp_secure_media', whenTrue],
  'Media-Encryption-Enforce-Security': ['sdp_secure_savp_only', whenTrue],
  'ZRTP-Secure-Media': ['zrtp_secure_media'],
  'ZRTP-Enrollment': ['zrtp_enrollment'],
  'Media-Webrtc': ['media_webrtc'],
  'RTCP-MUX': ['rtcp_mux'],
  'Proxy-Path': ['sip_route_uri'],
  'From-URI': ['sip_from_uri'],
  'To-URI': ['sip_invite_to_uri', (value) => `<${String(value)}>`],
  'SIP-Invite-Domain': ['sip_invite_domain'],
  'SIP-Invite-To-URI': ['sip_invite_to_uri'],
  'SIP-Invite-Request-URI': ['sip_invite_req_uri'],
  'SIP-Invite-Parameters': ['sip_invite_params', (value) => (Array.isArray(value) ? value.join(';') : value)],
  'SIP-Referred-By': ['sip_h_Referred-By'],
  'Export-Variables': ['export_vars', joined],
  'Export-Bridge-Variables': ['bridge_export_vars', joined],
};

/** The variables that these fields stand for; what has no value, or is no field of this kind, is left out. */
export function byRules(fields: Vars = {}): Vars {
  const variables: Record<string, unknown> = {};
  for (const [field, given] of Object.entries(fields)) {
    const [name, value] = ruleOf(field) ?? [];
    if (name !== undefined && given !== undefined && given !== null && given !== '')
      variables[name] = value ? value(given) : given;
  }
  return { ...variables, ...autoAnswer(fields) };
}

/** Custom-Channel-Vars of a leg that is there already: as what they are, and as what the switch is to do about them. */
export function legVariables(vars: Vars = {}): Vars {
  // Names of media mean nothing to the switch.
  const { hold_music: _music, group_confirm_file: _prompt, ...orders } = byRules(vars);
  return { ...asChannelVariables(vars), ...orders };
}

const ruleOf = (field: string): Rule | undefined => (Object.hasOwn(rules, field) ? rules[field] : undefined);

/** A phone that is to answer by itself is told so. */
function autoAnswer(fields: Vars): Vars {
  const quietly = fields['Auto-Answer-Suppress-Notify'];
  if (flag(fields['Auto-Answer'] ?? quietly) === 'false') return {};
  return {
    alert_info: fields['Alert-Info'] ?? 'intercom',
    sip_auto_answer: 'true',
    ...(quietly === undefined ? {} : { sip_auto_answer_suppress_notify: flag(quietly) }),
  };
}

/** FreeSWITCH shows of a caller's name what is behind the last slash or colon, and before an @ (sofia_glue.c). */
function whole(name: unknown): string {
  return String(name).replace(/[/:@|]/g, '-');
}

function gateway(side: unknown): string | undefined {
  return side === 'self' || side === 'peer' ? `t38_gateway ${side}` : undefined;
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
