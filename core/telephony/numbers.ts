// Telephone numbers: to E.164 and back, what kind a number is, whether it can be one of ours.
import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';

/** How numbers without a country code are read. */
export interface NumberSettings {
  /** ISO 3166 country; default `US`. */
  readonly country?: string;
  /** Put before national numbers that were dialled without an area code (7 digits), e.g. `415`. */
  readonly areaCode?: string;
}

/** A class of numbers (`number_manager.classifiers`): the first whose pattern fits is taken. */
export interface Classifier {
  readonly name: string;
  readonly friendlyName: string;
  readonly pattern: RegExp;
  readonly emergency?: boolean;
}

const caribbean =
  '242|246|264|268|284|340|345|441|473|649|658|664|670|671|684|721|758|767|784|787|809|829|849|868|869|876|939';

/** Kazoo's own classes, in its order. The first group of a pattern is the significant part of the number. */
export const defaultClassifiers: readonly Classifier[] = [
  {
    name: 'tollfree_us',
    friendlyName: 'US TollFree',
    pattern: /^\+1((?:800|888|877|866|855|844|833)\d{7})$/,
  },
  { name: 'toll_us', friendlyName: 'US Toll', pattern: /^\+1(900\d{7})$/ },
  { name: 'emergency', friendlyName: 'Emergency Dispatcher', pattern: /^(911)$/, emergency: true },
  { name: 'caribbean', friendlyName: 'Caribbean', pattern: new RegExp(`^\\+?1((?:${caribbean})\\d{7})$`) },
  { name: 'did_us', friendlyName: 'US DID', pattern: /^\+?1?([2-9]\d{2}[2-9]\d{6})$/ },
  { name: 'international', friendlyName: 'International', pattern: /^(?:011|00|\+(?=[2-9]))(\d+)$/ },
  { name: 'unknown', friendlyName: 'Unknown', pattern: /^(.*)$/s },
];

/** Extensions are shorter; no country has shorter numbers that can be dialled from elsewhere without its code. */
const shortestNational = 7;

/** The number without spaces, dashes, dots and brackets; anything that is not a number then is given back as it was. */
export function plainNumber(number: string): string {
  const plain = number.replace(/[\s().\-/]/g, '');
  return /^\+?[\d*#]+$/.test(plain) ? plain : number;
}

/** `+` and digits of a number that can exist, or undefined (extensions, feature codes, emergency numbers, names). */
export function findE164(
  number: string,
  { country = 'US', areaCode = '' }: NumberSettings = {},
): string | undefined {
  const plain = plainNumber(number);
  const local = areaCode !== '' && /^[2-9]\d{6}$/.test(plain) ? areaCode + plain : plain;
  // 00 is an international prefix nearly everywhere, and never the beginning of a number.
  const text = local.replace(/^00(?=[1-9])/, '+');
  if (!/^\+?\d+$/.test(text) || (!text.startsWith('+') && text.length < shortestNational)) return undefined;
  const parsed = parsePhoneNumberFromString(text, country as CountryCode);
  return parsed?.isPossible() ? parsed.number : undefined;
}

/** The digits that numbers of a country (ISO 3166, two letters) begin with in E.164; undefined for none that is known. */
export function callingCode(country: string): string | undefined {
  return isSupportedCountry(country) ? getCountryCallingCode(country) : undefined;
}

/** The number in E.164, or as it was given (without separators) when it is none. */
export function toE164(number: string, settings: NumberSettings = {}): string {
  return findE164(number, settings) ?? plainNumber(number);
}

/** Ten digits for numbers of the North American plan; others in E.164. */
export function toNpan(number: string, settings: NumberSettings = {}): string {
  const e164 = toE164(number, settings);
  return /^\+1\d{10}$/.test(e164) ? e164.slice(2) : e164;
}

/** As `toNpan`, with the leading 1. */
export function to1Npan(number: string, settings: NumberSettings = {}): string {
  const e164 = toE164(number, settings);
  return /^\+1\d{10}$/.test(e164) ? e164.slice(1) : e164;
}

/** The number as an `Invite-Format` wants it; formats that do not speak of numbers leave it as it is. */
export function formatNumber(
  number: string,
  format: string | undefined,
  settings: NumberSettings = {},
): string {
  switch (format) {
    case 'e164':
      return toE164(number, settings);
    case 'npan':
      return toNpan(number, settings);
    case '1npan':
      return to1Npan(number, settings);
    case 'strip_plus':
      return toE164(number, settings).replace(/^\+/, '');
    default:
      return number;
  }
}

/** Whether a number can be in the numbers databases: then its owner is worth looking for. */
export function isReconcilable(number: string, settings: NumberSettings = {}): boolean {
  return findE164(number, settings) !== undefined;
}

/** The class of a number, brought to E.164 first when it can be. Every number has one: `unknown` takes the rest. */
export function classify(
  number: string,
  settings: NumberSettings = {},
  classifiers: readonly Classifier[] = defaultClassifiers,
): Classifier | undefined {
  const normal = toE164(number, settings);
  return classifiers.find(({ pattern }) => pattern.test(normal));
}

/** A rule of a `dial_plan`, kept under the pattern that a dialled number must fit. */
export interface DialPlanRule {
  readonly prefix?: string;
  readonly suffix?: string;
}

/**
 * Rewrites a dialled number by a `dial_plan` (account, user or device): the first pattern that fits gives its first
 * group (or the whole number) between prefix and suffix. Patterns that are no valid expression are passed over.
 */
export function applyDialPlan(number: string, plan: Readonly<Record<string, unknown>> = {}): string {
  for (const [pattern, rule] of Object.entries(plan)) {
    if (pattern === 'system' || typeof rule !== 'object' || rule === null) continue;
    const found = match(pattern, number);
    if (!found) continue;
    const { prefix = '', suffix = '' } = rule as DialPlanRule;
    return `${prefix}${found[1] ?? found[0]}${suffix}`;
  }
  return number;
}

function match(pattern: string, number: string): RegExpExecArray | null {
  try {
    return new RegExp(pattern).exec(number);
  } catch {
    return null;
  }
}
