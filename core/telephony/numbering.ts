// How numbers are read and classed in this cluster: `system_config/number_manager`.
import type { SystemConfig } from '../config/index.ts';
import { isRecord } from '../contract/index.ts';
import { type Classifier, defaultClassifiers, type NumberSettings } from './numbers.ts';

/** The country and area code of national numbers, and the classes. */
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
