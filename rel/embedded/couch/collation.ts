// CouchDB's order of view keys, as text that sorts the same way byte by byte (so that LevelDB can hold an index).

/*
 * CouchDB orders null, false, true, numbers, strings (ICU root collation), arrays, objects.
 * LevelDB orders bytes. `encodeKey` maps the first order to the second: every value becomes self-delimiting text.
 * The strings follow ICU exactly for Latin letters, digits and punctuation (from a table that Intl.Collator
 * sorts at start); other scripts come after them in code point order.
 */
const END = '\u0001';
const LEVEL = '\u0002';
const FIRST_WEIGHT = 0x10;
const OTHER = '\uE000';
const COMMON = '\u0010';

interface Weight {
  primary: string;
  variant: string;
}

const weights = buildWeights();

function buildWeights(): Map<string, Weight> {
  const characters: string[] = [];
  for (let code = 9; code < 0x250; code += 1) {
    const character = String.fromCharCode(code);
    const isControl = (code > 13 && code < 32) || (code > 126 && code < 160) || code === 0xad;
    if (!isControl && character.normalize('NFD') === character) characters.push(character);
  }
  const full = new Intl.Collator('en', { sensitivity: 'variant' });
  const base = new Intl.Collator('en', { sensitivity: 'base' });
  characters.sort(full.compare);
  const table = new Map<string, Weight>();
  let [primary, variant, previous] = [FIRST_WEIGHT, FIRST_WEIGHT, ''];
  for (const character of characters) {
    if (base.compare(previous, character) === 0) variant += 1;
    else [primary, variant] = [primary + 1, FIRST_WEIGHT];
    table.set(character, { primary: String.fromCharCode(primary), variant: String.fromCharCode(variant) });
    previous = character;
  }
  return table;
}

const isMark = (code: number) => code >= 0x300 && code < 0x370;
const isIgnored = (code: number) => code < 32 || (code > 126 && code < 160) || code === 0xad;

/** First the letters, then the accents, then the case: `a < A < á < b`. */
function encodeString(text: string): string {
  let [letters, accents, variants] = ['', '', ''];
  let [lastAccent, lastVariant] = [0, 0];
  for (const character of text.normalize('NFD')) {
    const weight = weights.get(character);
    const code = character.codePointAt(0) ?? 0;
    if (isMark(code)) {
      accents += character;
      lastAccent = accents.length;
      continue;
    }
    if (!weight && isIgnored(code)) continue;
    letters += weight ? weight.primary : OTHER + character;
    accents += COMMON;
    variants += weight ? weight.variant : COMMON;
    if (weight && weight.variant !== COMMON) lastVariant = variants.length;
  }
  return `${letters}${LEVEL}${accents.slice(0, lastAccent)}${LEVEL}${variants.slice(0, lastVariant)}${END}`;
}

const scratch = new DataView(new ArrayBuffer(8));

/** The bits of the double, turned so that they sort as the numbers do. */
function encodeNumber(value: number): string {
  scratch.setFloat64(0, value === 0 ? 0 : value);
  let bits = scratch.getBigUint64(0);
  bits = value < 0 ? ~bits & 0xffffffffffffffffn : bits | (1n << 63n);
  return bits.toString(16).padStart(16, '0');
}

/** Text whose byte order is CouchDB's order of `key`. No such text is the beginning of another. */
export function encodeKey(key: unknown): string {
  if (key === null || key === undefined) return '1';
  if (key === false) return '2';
  if (key === true) return '3';
  if (typeof key === 'number') return `4${encodeNumber(key)}`;
  if (typeof key === 'string') return `5${encodeString(key)}`;
  if (Array.isArray(key)) return `6${key.map(encodeKey).join('')}${END}`;
  const members = Object.entries(key as object).map(([name, value]) => encodeString(name) + encodeKey(value));
  return `7${members.map((member) => `5${member}`).join('')}${END}`;
}

/** Orders two keys as CouchDB does: negative, zero or positive. */
export function compareKeys(left: unknown, right: unknown): number {
  if (left === right) return 0;
  const [a, b] = [encodeKey(left), encodeKey(right)];
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
