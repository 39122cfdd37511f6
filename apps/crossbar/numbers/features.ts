// Features of a number: what stands for them in its document, which it has, and which it may have.
import type { SystemConfig } from '../../../core/config/index.ts';
import { isRecord } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findE164, parseSipUri } from '../../../core/telephony/index.ts';
import { invalid } from '../engine/index.ts';
import { isLocal } from './carriers.ts';
import type { NumberDocument } from './states.ts';

type Json = Readonly<Record<string, unknown>>;

/** What only a carrier can do: not for numbers of no carrier, unless the cluster says otherwise. */
const ofCarriers = ['cnam', 'e911', 'inbound_cnam', 'mms', 'outbound_cnam', 'port', 'sms'];
const ofAdmins = ['carrier_name'];
const all = [...ofCarriers, ...ofAdmins, 'failover', 'force_outbound', 'prepend', 'ringback'];

/** Keys of a document that ask for a feature, and the feature that must be available for it. */
const asked: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...ofAdmins, 'cnam', 'e911', 'failover', 'force_outbound'].map((key) => [key, key])),
  ...Object.fromEntries(['mms', 'prepend', 'ringback', 'sms'].map((key) => [key, key])),
  porting: 'port',
};

/** The features that a document has, with what is to be known of each, as they are stored in `pvt_features`. */
export function featuresOf(document: Partial<NumberDocument>): Json {
  const { cnam, e911, failover, force_outbound, porting, prepend, ringback } = document;
  const found: Readonly<Record<string, unknown>> = {
    outbound_cnam: cnam?.display_name && { display_name: cnam.display_name },
    inbound_cnam: cnam?.inbound_lookup && { inbound_lookup: true },
    e911,
    failover,
    force_outbound,
    local: isLocal(document) ? {} : undefined,
    mms: document.mms?.enabled && document.mms,
    port: porting,
    prepend: prepend?.enabled && prepend,
    ringback,
    sms: document.sms?.enabled && document.sms,
  };
  const isSet = (value: unknown): boolean => value !== undefined && value !== false && value !== '';
  return Object.fromEntries(Object.entries(found).filter(([, value]) => isSet(value)));
}

/** What the cluster lets numbers have (`number_manager.features`). */
export interface FeaturePolicy {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Numbers of no carrier may have what only a carrier can do. */
  readonly localOverride: boolean;
  readonly superduper: boolean;
}

export async function featurePolicy(config: SystemConfig, superduper: boolean): Promise<FeaturePolicy> {
  const [allow, deny, localOverride] = await Promise.all([
    config.get<readonly string[]>('number_manager', 'features.allow', all),
    config.get<readonly string[]>('number_manager', 'features.deny', []),
    config.get('number_manager', 'features.local_feature_override', false),
  ]);
  return { allow, deny, localOverride, superduper };
}

/** What decides about the features of a number: the number itself, or its row in a list. */
export interface Featured {
  readonly allowed: readonly string[] | undefined;
  readonly denied: readonly string[] | undefined;
  readonly isLocal: boolean;
  readonly usedBy: string | undefined;
}

/** The features that a number may have, in order. */
export function availableFeatures(
  { allowed = [], denied = [], isLocal, usedBy }: Featured,
  policy: FeaturePolicy,
): string[] {
  const locally = isLocal && !policy.localOverride && policy.deny.length === 0 ? ofCarriers : policy.deny;
  const byUse = usedBy === 'trunkstore' ? [] : ['failover'];
  const refused = new Set([
    ...(denied.length > 0 ? denied : [...locally, ...byUse]),
    ...(policy.superduper ? [] : ofAdmins),
  ]);
  return [...new Set(allowed.length > 0 ? allowed : policy.allow)].filter((one) => !refused.has(one)).sort();
}

export function featured(document: Partial<NumberDocument>): Featured {
  return {
    allowed: document.pvt_features_allowed,
    denied: document.pvt_features_denied,
    isLocal: isLocal(document),
    usedBy: document.pvt_used_by,
  };
}

/**
 * Throws `forbidden` for a feature that is new or changed and may not be had, `invalid_data` for one that is wrong. What
 * the number has already may stay.
 */
export function checkFeatures(
  number: string,
  before: Json,
  next: Partial<NumberDocument>,
  policy: FeaturePolicy,
): void {
  const available = new Set(availableFeatures(featured(next), policy));
  for (const [key, feature] of Object.entries(asked)) {
    const wanted = (next as Json)[key];
    if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(before[key])) continue;
    if (!available.has(feature))
      throw new AppError('forbidden', {
        message: `the number may not have the feature ${feature}`,
        details: { number, cause: feature },
      });
  }
  checkFailover(next.failover);
}

function checkFailover(failover: unknown): void {
  if (!isRecord(failover)) return;
  const { e164, sip } = failover;
  if (e164 !== undefined && findE164(String(e164)) === undefined)
    throw invalid('failover.e164', 'invalid', 'must be a number', { value: e164 });
  if (sip !== undefined && parseSipUri(String(sip)) === undefined)
    throw invalid('failover.sip', 'invalid', 'must be a SIP URI', { value: sip });
  if (e164 === undefined && sip === undefined)
    throw invalid('failover', 'invalid', 'must say e164 or sip', { value: failover });
}
