// The runtime settings that the apps read from `system_config`: what type each has, and what it is for.

import { blackholeDefaults } from '../../apps/blackhole/settings.ts';
import { defaults as edgeDefaults } from '../../apps/registrar/edge/options.ts';
import { teletypeDefaults } from '../../apps/teletype/settings.ts';
import { stepswitchDefaults } from '../../apps/trunkstore/settings.ts';
import { webhookDefaults } from '../../apps/webhooks/settings.ts';
import { isRecord } from '../../core/contract/index.ts';
import { AppError } from '../../core/errors/index.ts';

export interface KnownSetting {
  readonly type: 'string' | 'number' | 'boolean' | 'list' | 'object';
  readonly summary?: string;
  /** Where the app states it in one place. */
  readonly default?: unknown;
}

const of =
  (type: KnownSetting['type']) =>
  (summary: string): KnownSetting => ({ type, summary });
const [words, count, yes, list, tree] = (['string', 'number', 'boolean', 'list', 'object'] as const).map(
  of,
) as [Make, Make, Make, Make, Make];
type Make = (summary: string) => KnownSetting;

const typeOf = (value: unknown): KnownSetting['type'] => {
  if (Array.isArray(value)) return 'list';
  return isRecord(value) ? 'object' : (typeof value as 'string' | 'number' | 'boolean');
};

/** Settings whose defaults stand in one object of their app. */
function fromDefaults(defaults: object, above = ''): Record<string, KnownSetting> {
  return Object.fromEntries(
    Object.entries(defaults).flatMap(([name, value]): [string, KnownSetting][] => {
      const path = above + name;
      return isRecord(value) && Object.keys(value).length > 0
        ? Object.entries(fromDefaults(value, `${path}.`))
        : [[path, { type: typeOf(value), default: value }]];
    }),
  );
}

/** By category, then by path. A test holds it to what the apps read. */
export const knownSettings: Readonly<Record<string, Readonly<Record<string, KnownSetting>>>> = {
  callflow: {
    max_branch_count: count('flows that one call may branch into'),
    'bucket.capacity': count(
      'tokens of a full bucket, of which nodes with `pvt_bucket_name` or `pvt_tokens` take; every callflow process fills buckets of its own, so N processes together give up to N times as many',
    ),
    'bucket.tokens_per_second': count('tokens that come back a second, in each process'),
    'menu.min_greeting_length': count('milliseconds of a greeting that is kept'),
    'voicemail.message_retention_duration': count('days that messages of voicemail are listed'),
    'park.default_ringback_timeout': count('milliseconds until a parked call rings its parker back'),
    'park.default_callback_timeout': count('milliseconds that the parker is rung then'),
    'park.parked_presence_type': words('lamp of a slot that is taken: early, confirmed or terminated'),
    'park.valet_reservation_cleanup_time_ms': count(
      'milliseconds that a slot waits for the call that somebody transfers into it',
    ),
    carrier_patience: count('milliseconds until the process of the carriers must show a sign of life'),
    route_win_timeout: count('milliseconds to wait for route_win'),
    ring_ready_offnet: yes('callers from outside hear ringing at once'),
  },
  crossbar: {
    'accounts.account_realm_suffix': words('domain of realms that nobody chose'),
    'accounts.allow_move': words(
      'who may move accounts: superduper_admin, or tree: whoever stands above both',
    ),
    'accounts.allow_sibling_listing': yes('an account may list its siblings'),
    api_auth_tokens: count('what a login with an API key takes from the bucket of the caller'),
    'auth.auth_modules': tree(
      'ways of logging in by module: {enabled, token_auth_expiry_s, multi_factor, …}',
    ),
    'auth.basic_auth_type': words('digest of Authorization: Basic without a user name: md5 or sha'),
    'auth.key_retention_s': count('seconds that a key is good for after another one signs in its place'),
    'auth.key_rotation_s': count('seconds until another key signs tokens; 0: never'),
    'auth.lockout.failures': count('wrong passwords of an address for an account until it must wait; 0: any'),
    'auth.lockout.first_s': count('seconds of the first wait; each further failure doubles it'),
    'auth.lockout.forget_s': count('seconds until failures are forgotten'),
    'auth.lockout.longest_s': count('seconds of the longest wait'),
    'auth.oauth.link_within_s': count(
      'seconds after a sign-in with an identity in which its user may link it',
    ),
    'auth.oauth.private_providers': yes(
      'whether providers of identities may be in private networks, and without TLS',
    ),
    'auth.oauth.timeout_ms': count('milliseconds that a provider of identities has for each answer'),
    'auth.multi_factor_provider': words('second factor where an account demands one and names none'),
    'auth.recovery_expiry_s': count('seconds that a link to recover a password is good for'),
    'auth.recovery_ui_urls': list('pages that such links may lead to; none named: any'),
    'auth.token_auth_expiry_s': count('seconds that a token is good for'),
    ip_auth_tokens: count('what a login by address takes from the bucket'),
    max_upload_size: count('bytes of a request'),
    maximum_range: count('seconds of a range of time in one request'),
    pagination_page_size: count('documents of a page'),
    'rate_limits.capacity': count('requests that an address may make at once for an account; 0: any number'),
    'rate_limits.tokens_per_second': count('requests that it may make a second after that'),
    reverse_proxies: list('addresses whose X-Forwarded-For is believed'),
    'tasks.rows_per_second': count('rows that a task does a second at most'),
    token_restrictions: tree('what tokens may do where an account says nothing, by method, then level'),
    user_auth_tokens: count('what a login with name and password takes from the bucket'),
  },
  ecallmgr: {
    acls: tree('access lists of the switches by name: {type, cidr, network-list-name}'),
    switches: tree('switches beside those of the settings (mirliton fs)'),
  },
  edge: fromDefaults(edgeDefaults),
  hotornot: { default_ratedeck: words('the ratedeck that is asked when nobody says which') },
  ledgers: {
    registered_ledgers: list('names of ledgers that clients are shown: {name, friendly_name, markup_type}'),
  },
  fax: { default_smtp_domain: words('domain of the mail addresses of fax boxes') },
  media: {
    default_language: words('language of prompts where nobody chose'),
    url_secret: words('signs the URLs of media; made by the first media_mgr'),
    'call_recording.extension': words('wav or mp3: recordings of calls that say no format'),
    record_min_sec: count('seconds: shorter recordings of calls are not kept'),
  },
  milliwatt: {
    'echo.numbers': list('numbers of the echo test'),
    'tone.numbers': list('numbers of the tone'),
  },
  'crossbar.phonebook': {
    phonebook_url: words('where to ask for the carriers that have numbers and could take them'),
  },
  'crossbar.phone_numbers': {
    phonebook_url: words('where to ask for the prefixes of a city'),
  },
  accounts: { default_timezone: words('of new accounts, where the account above has none') },
  number_manager: {
    default_country: words('ISO 3166 country of numbers without a country code'),
    default_area_code: words('put before numbers of seven digits'),
    classifiers: tree('classes of numbers by name: {regex, friendly_name, emergency}'),
    'features.allow': list('features that numbers may have'),
    'features.deny': list('features that no number may have'),
    'features.local_feature_override': yes('numbers of no carrier may have what only a carrier can do'),
    locality_url: words('where to ask for the places that numbers belong to'),
    released_state: words('state of numbers that were given back: available, or aging'),
    should_permanently_delete: yes(
      'numbers that are given back are deleted, whatever carrier they came from',
    ),
    unauthorized_numbers_lookup: yes('the inventory can be searched without a token'),
  },
  privacy: { block_anonymous_caller_id: yes('calls without a caller id are refused everywhere') },
  stepswitch: fromDefaults(stepswitchDefaults),
  services: {
    enforce_good_standing: yes(
      'who is not in good standing with their bookkeeper can add nothing that costs',
    ),
  },
  whitelabel: {
    domains: tree(
      'what should stand in DNS for a branded domain: {A: {host: {mapping, name}}, CNAME, MX, NAPTR, SRV, TXT}',
    ),
    nameservers: list('addresses of the name servers that are asked for it; none: those of the machine'),
  },
  webhooks: fromDefaults(webhookDefaults),
  teletype: fromDefaults(teletypeDefaults),
  blackhole: fromDefaults(blackholeDefaults),
};

/** What is known of a path: the setting itself, or one above it that is an object. */
export function findKnown(category: string, path: string): KnownSetting | undefined {
  const known = knownSettings[category];
  if (!known) return undefined;
  if (known[path]) return known[path];
  const above = Object.entries(known).find(
    ([name, { type }]) => type === 'object' && path.startsWith(`${name}.`),
  );
  return above ? { type: typeOf(undefined), summary: above[1].summary ?? '' } : undefined;
}

/**
 * The value that the operator's word stands for: JSON where it is, text where text is wanted. Throws `invalid_data`
 * when the setting is known and the value is of another type, or when nobody reads the path (unless `force`).
 */
export function readValue(category: string, path: string, word: string, force = false): unknown {
  const known = findKnown(category, path);
  const parsed = known?.type === 'string' ? word : parse(word);
  if (force) return parsed;
  if (!known) {
    const paths = Object.keys(knownSettings[category] ?? {});
    const hint =
      paths.length > 0
        ? `in ${category} there are ${paths.join(', ')}`
        : `the categories are ${Object.keys(knownSettings).join(', ')}`;
    throw new AppError('invalid_data', {
      message: `nobody reads ${category}.${path}: ${hint} (--force sets it all the same)`,
    });
  }
  if (isKnownType(known.type) && typeOf(parsed) !== known.type)
    throw new AppError('invalid_data', {
      message: `${category}.${path} must be a ${known.type}, not ${typeOf(parsed)}`,
    });
  return parsed;
}

const isKnownType = (type: string): boolean =>
  ['string', 'number', 'boolean', 'list', 'object'].includes(type);

function parse(word: string): unknown {
  try {
    return JSON.parse(word);
  } catch {
    return word;
  }
}
