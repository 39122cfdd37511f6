// What an operator can set: `system_config/stepswitch` and `system_config/trunkstore`.
import type { SystemConfig } from '../../core/config/index.ts';

/** `system_config/stepswitch` with its defaults. Timeouts in seconds. */
export const stepswitchDefaults = {
  /** Where carriers put the number that was called: `Request` or `To`. */
  inbound_user_field: 'Request',
  /** Numbers from carriers are E.164 without the plus, whatever they look like. */
  assume_inbound_e164: false,
  /** Gateways that give no sign of life are passed over after this time, unless they say otherwise. */
  default_progress_timeout: 8,
  /** The caller id shown to carriers that do not say which: external, internal or emergency. */
  default_caller_id_type: 'external',
  /** Caller id of emergency calls whose caller has none; none means that these are refused. */
  default_emergency_cid_number: '',
  /** After these no other carrier is tried: what was said of the called party would be said again. */
  final_causes: [
    'USER_BUSY',
    'NO_ANSWER',
    'CALL_REJECTED',
    'ORIGINATOR_CANCEL',
    'UNALLOCATED_NUMBER',
    'NORMAL_CLEARING',
    'NUMBER_CHANGED',
    'ALLOTTED_TIMEOUT',
    'PICKED_OFF',
    'LOSE_RACE',
    'BLIND_TRANSFER',
    'ATTENDED_TRANSFER',
  ],
};

export type StepswitchSetting = keyof typeof stepswitchDefaults;

export const stepswitchSetting = <K extends StepswitchSetting>(
  config: SystemConfig,
  key: K,
): Promise<(typeof stepswitchDefaults)[K]> => config.get('stepswitch', key, stepswitchDefaults[key]);
