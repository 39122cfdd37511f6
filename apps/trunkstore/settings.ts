// What an operator can set: `system_config/stepswitch`, `system_config/trunkstore` and `system_config/number_manager`.
import type { SystemConfig } from '../../core/config/index.ts';
import { isRecord } from '../../core/contract/index.ts';
import { type Classifier, defaultClassifiers, type NumberSettings } from '../../core/telephony/index.ts';

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

/** How numbers are read and classed, as `system_config/number_manager` says. */
export interface Numbering extends NumberSettings {
  readonly classifiers: readonly Classifier[];
}

export async function numbering(config: SystemConfig): Promise<Numbering> {
  const [country, areaCode, classifiers] = await Promise.all([
    config.get('number_manager', 'default_country', 'US'),
    config.get('number_manager', 'default_area_code', ''),
    config.get<unknown>('number_manager', 'classifiers', undefined),
  ]);
  return { country, areaCode, classifiers: classifiersOf(classifiers) };
}

// The documents behind settings come from the cache: the same object is the same setting.
const known = new WeakMap<object, readonly Classifier[]>();

/** `{name: {regex, friendly_name?, emergency?}}`; one with a bad expression is left out. Nothing set means Kazoo's own. */
function classifiersOf(given: unknown): readonly Classifier[] {
  if (!isRecord(given)) return defaultClassifiers;
  const found = known.get(given) ?? Object.entries(given).flatMap(toClassifier);
  known.set(given, found);
  return found.length > 0 ? found : defaultClassifiers;
}

function toClassifier([name, value]: [string, unknown]): Classifier[] {
  if (!isRecord(value) || typeof value['regex'] !== 'string') return [];
  try {
    const pattern = new RegExp(value['regex']);
    const friendlyName = String(value['friendly_name'] ?? name);
    return [{ name, friendlyName, pattern, emergency: value['emergency'] === true }];
  } catch {
    return [];
  }
}
