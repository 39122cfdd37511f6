// Fields of endpoints, bridges and originates as channel variables (contract/freeswitch.md §2).
import { harmless, word } from '../freeswitch/index.ts';
import { asApplicationVariables, asChannelVariables, asHeaderVariables, type Vars } from '../variables.ts';
import { byRules } from './rules.ts';

/** Any of the commands and endpoints that share these fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** The variables that stand for these fields; those without a value are left out. */
export function fieldVariables(fields: Fields): Vars {
  const own = fields['Custom-Channel-Vars'] as Vars | undefined;
  return {
    ...byRules(own),
    ...byRules(fields),
    ...identity(fields, own),
    ...(Array.isArray(fields['Codecs']) ? { absolute_codec_string: codecs(fields['Codecs']) } : {}),
    ...asHeaderVariables(fields['Custom-SIP-Headers'] as Vars | undefined),
    ...asApplicationVariables(fields['Custom-Application-Vars'] as Vars | undefined),
    ...asChannelVariables(withoutControls(own)),
    ...earlyMedia(own),
  };
}

// Kazoo hands these down inside the Custom-Channel-Vars, but they are orders to the switch and nothing to be told.
const controls = [
  'Confirm-File',
  'Confirm-Key',
  'Confirm-Cancel-Timeout',
  'Confirm-Read-Timeout',
  'Auth-Password',
];

const withoutControls = (vars: Vars = {}): Vars =>
  Object.fromEntries(Object.entries(vars).filter(([key]) => !controls.includes(key)));

const earlyMedia = (vars: Vars = {}): Vars =>
  String(vars['Require-Ignore-Early-Media']) === 'true' ? { ignore_early_media: 'true' } : {};

function identity(fields: Fields, vars: Vars = {}): Vars {
  const hidden = [
    ...(fields['Privacy-Hide-Name'] === true ? ['hide_name'] : []),
    ...(fields['Privacy-Hide-Number'] === true ? ['hide_number'] : []),
  ];
  const number = fields['Asserted-Identity-Number'];
  const realm = fields['Asserted-Identity-Realm'] ?? vars['Realm'];
  const name = fields['Asserted-Identity-Name'];
  return {
    ...(hidden.length > 0 ? { origination_privacy: hidden.join(':') } : {}),
    ...(number && realm
      ? {
          // Else the switch would say who calls a second time, by the caller id.
          sip_cid_type: 'none',
          'sip_h_P-Asserted-Identity': `${name ? `"${harmless(name)}" ` : ''}<sip:${word(number)}@${word(realm)}>`,
        }
      : {}),
  };
}

const codecNames: Readonly<Record<string, string>> = {
  'G.711U': 'PCMU',
  'G.711A': 'PCMA',
  G722_16: 'G722,G7221@16000h',
  G722_32: 'G7221@32000h',
  CELT_32: 'CELT@32000h',
  CELT_48: 'CELT@48000h',
};

function codecs(names: readonly unknown[]): string | undefined {
  const known = names.map((name) => codecNames[String(name)] ?? word(name));
  return known.length > 0 ? known.join(',') : undefined;
}
