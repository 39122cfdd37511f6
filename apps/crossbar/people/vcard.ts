// vCard 3.0 (RFC 2426) of a person, with lines folded at 75 octets.

/** What a card tells; whatever is missing or empty is left out. */
export interface Person {
  readonly first?: unknown;
  readonly middle?: unknown;
  readonly last?: unknown;
  readonly org?: unknown;
  readonly email?: unknown;
  readonly timezone?: unknown;
  readonly numbers?: readonly unknown[];
  /** Kazoo's `profile`: addresses, birthday, nicknames, note, role, title. */
  readonly profile?: Readonly<Record<string, unknown>> | undefined;
  readonly photo?: { readonly contentType: string; readonly body: Buffer } | undefined;
}

/** Where an address is, when it does not say so. */
const addressTypes = ['intl', 'postal', 'parcel', 'work'];

/** The card, ending with a line break. */
export function vcard({ first, middle, last, org, email, timezone, numbers = [], ...more }: Person): string {
  const { profile = {}, photo } = more;
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    ...line('FN', [first, middle, last].filter(isText).join(' ')),
    `N:${[last, first, middle].map(escaped).join(';')}`,
    ...line('ORG', org),
    ...(photo
      ? [`PHOTO;ENCODING=B;TYPE=${imageType(photo.contentType)}:${photo.body.toString('base64')}`]
      : []),
    ...line('EMAIL', email),
    ...line('BDAY', profile['birthday']),
    ...line('NOTE', profile['note']),
    ...line('TITLE', profile['title']),
    ...line('ROLE', profile['role']),
    ...line('TZ', timezone),
    ...nicknames(profile['nicknames']),
    ...[...new Set(numbers)].flatMap((number) => line('TEL', number)),
    ...addresses(profile['addresses']),
    'END:VCARD',
  ];
  return lines.map((text) => `${folded(text)}\r\n`).join('');
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const line = (name: string, value: unknown): string[] => (isText(value) ? [`${name}:${escaped(value)}`] : []);

function escaped(value: unknown): string {
  return isText(value)
    ? value
        .replace(/[\\;,]/g, '\\$&')
        .replace(/\r\n?|\n/g, '\\n')
        // Other control characters have no place in a line.
        .replace(/\p{Cc}/gu, ' ')
    : '';
}

function nicknames(given: unknown): string[] {
  const names = Array.isArray(given) ? given.filter(isText) : [];
  return names.length === 0 ? [] : [`NICKNAME:${names.map(escaped).join(',')}`];
}

function addresses(given: unknown): string[] {
  const list: readonly { readonly address?: unknown; readonly types?: unknown }[] = Array.isArray(given)
    ? given.filter((it) => typeof it === 'object' && it !== null)
    : [];
  return list.flatMap(({ address, types }) => {
    const named = Array.isArray(types) ? types.filter((type) => /^[\w-]+$/.test(String(type))) : [];
    const type = (named.length > 0 ? named : addressTypes).join(',');
    // One text for what a card has seven fields for: the street holds it.
    return isText(address) ? [`ADR;TYPE=${type}:;;${escaped(address)};;;;`] : [];
  });
}

/** `JPEG` for `image/jpeg`. */
function imageType(contentType: string): string {
  const [, type] = /^image\/([\w-]+)/.exec(contentType) ?? [];
  return (type ?? 'jpeg').toUpperCase();
}

/** No line is longer than 75 octets; what goes on begins with a space (RFC 2426 §2.6). */
function folded(text: string): string {
  const lines: string[] = [];
  let room = 75;
  let line = '';
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (size > room) {
      lines.push(line);
      line = '';
      room = 74;
    }
    line += character;
    room -= size;
  }
  return [...lines, line].join('\r\n ');
}
