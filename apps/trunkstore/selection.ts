// Which carriers a number may leave by, and in which order. Pure: no bus, no store.
import type { DocumentOf } from '../../core/contract/index.ts';
import type { resource } from '../../core/documents/index.ts';
import { type Classifier, firstMatch } from '../../core/telephony/index.ts';
import { texts } from './fields.ts';

/** A carrier of the cluster (`global`) or of one account. */
export interface Carrier {
  readonly id: string;
  readonly global: boolean;
  readonly document: DocumentOf<typeof resource>;
}

export type Gateway = DocumentOf<typeof resource>['gateways'][number];

/** What is to be called. */
export interface Wanted {
  readonly number: string;
  readonly classifier: Classifier | undefined;
  readonly emergency: boolean;
  readonly callerNumber: string;
  readonly flags: readonly string[];
}

/** A carrier that takes the number. */
export interface Choice {
  readonly carrier: Carrier;
  /** What its rule captured: the number to send. */
  readonly number: string;
  readonly weight: number;
  readonly emergency: boolean;
  /** From the classifier; they replace those of the gateways. */
  readonly prefix: string | undefined;
  readonly suffix: string | undefined;
  /** Those that are enabled and speak SIP, in the order to be tried. */
  readonly gateways: readonly Gateway[];
}

export type PassedOver = 'disabled' | 'flags' | 'emergency' | 'rules' | 'cid_rules' | 'no_gateway';

export interface Selection {
  /** Emergency carriers first for an emergency, then by weight, then by id. */
  readonly choices: readonly Choice[];
  /** Why the others are not among them, by id. */
  readonly passedOver: Readonly<Record<string, PassedOver>>;
  /** Rules that cannot be used, by the id of their carrier. */
  readonly unusable: Readonly<Record<string, readonly string[]>>;
}

/** Chooses among carriers. `random` gives numbers in [0, 1), for gateways with the strategy `random`. */
export function chooseCarriers(
  carriers: readonly Carrier[],
  wanted: Wanted,
  random: () => number = Math.random,
): Selection {
  const passedOver: Record<string, PassedOver> = {};
  const unusable: Record<string, readonly string[]> = {};
  const choices = carriers.flatMap((carrier): Choice[] => {
    const found = choose(carrier, wanted, (rules) => {
      if (rules.length > 0) unusable[carrier.id] = rules;
    });
    if (typeof found === 'string') {
      passedOver[carrier.id] = found;
      return [];
    }
    return [{ ...found, gateways: inOrder(carrier, found.gateways, random) }];
  });
  return { choices: choices.sort(byWeight), passedOver, unusable };
}

function choose(
  carrier: Carrier,
  wanted: Wanted,
  report: (unusable: readonly string[]) => void,
): Choice | PassedOver {
  const { document } = carrier;
  if (document.enabled === false) return 'disabled';
  if (!fitsFlags(carrier, wanted.flags)) return 'flags';
  const terms = termsFor(carrier, wanted);
  const { match, unusable } = firstMatch(terms.rules, wanted.number);
  report(unusable);
  if (!match) return 'rules';
  const emergency =
    terms.emergency || document.emergency === true || document.caller_id_options?.type === 'emergency';
  if (emergency && !wanted.emergency) return 'emergency';
  const callerRules = texts(document.cid_rules);
  if (callerRules.length > 0 && !firstMatch(callerRules, wanted.callerNumber).match) return 'cid_rules';
  const gateways = (document.gateways ?? []).filter(isUsable);
  if (gateways.length === 0) return 'no_gateway';
  const { weight, prefix, suffix } = terms;
  return { carrier, number: match.longest, weight, emergency, prefix, suffix, gateways };
}

/** All flags of the call must be the carrier's; `require_flags` leaves it to calls that have some. */
function fitsFlags({ document }: Carrier, flags: readonly string[]): boolean {
  if (document.ignore_flags === true) return true;
  if (flags.length === 0) return document.require_flags !== true;
  const own = new Set(texts(document.flags));
  return flags.every((flag) => own.has(flag));
}

interface Terms {
  readonly rules: readonly string[];
  readonly weight: number;
  readonly emergency: boolean;
  readonly prefix: string | undefined;
  readonly suffix: string | undefined;
}

const defaultWeight = 50;

/** What a carrier says of this number: by its class where it has `classifiers`, which then replace its rules. */
function termsFor({ document }: Carrier, { classifier, number }: Wanted): Terms {
  const own = document.weight_cost ?? defaultWeight;
  const plain = { weight: own, emergency: false, prefix: undefined, suffix: undefined };
  const entries = Object.entries(document.classifiers ?? {});
  if (entries.length === 0) return { ...plain, rules: texts(document.rules) };
  for (const [name, entry] of entries) {
    const pattern = entry.regex ?? (name === classifier?.name ? classifier.pattern.source : undefined);
    if (pattern === undefined || entry.enabled === false) continue;
    if (entry.regex !== undefined && !firstMatch([entry.regex], number).match) continue;
    return {
      rules: [pattern],
      weight: entry.weight_cost ?? own,
      emergency: entry.emergency === true,
      prefix: entry.prefix,
      suffix: entry.suffix,
    };
  }
  return { ...plain, rules: [] };
}

const isUsable = ({ enabled, endpoint_type: type = 'sip' }: Gateway): boolean =>
  enabled !== false && type === 'sip';

function inOrder({ document }: Carrier, gateways: readonly Gateway[], random: () => number): Gateway[] {
  const order = [...gateways];
  if (document.gateway_strategy !== 'random') return order;
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as Gateway, order[last] as Gateway];
  }
  return order;
}

function byWeight(a: Choice, b: Choice): number {
  const urgency = Number(b.emergency) - Number(a.emergency);
  return urgency || a.weight - b.weight || (a.carrier.id < b.carrier.id ? -1 : 1);
}
