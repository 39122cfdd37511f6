// SIP header fields: ordered, case-insensitive, kept as they were spelled (RFC 3261 §7.3).

/** Compact forms of RFC 3261 §20 and of later RFCs, to their long names. */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
};

export type HeaderValue = string | number | readonly (string | number)[];

/** What `Headers` can be made of: other headers, pairs, or an object of name to value or values. */
export type HeadersInit = Iterable<readonly [string, string]> | Readonly<Record<string, HeaderValue>>;

interface Field {
  name: string;
  key: string;
  value: string;
}

/** The long name of a header field's name: `v` gives `Via`, `X-Any` stays `X-Any`. */
export function longName(name: string): string {
  return name.length === 1 ? (COMPACT[name.toLowerCase()] ?? name) : name;
}

function field(name: string, value: string | number): Field {
  const text = String(value).trim();
  // A line break in a value would let whoever chose the value add header fields of their own.
  if (/[\r\n\0]/.test(text) || !/^[^\s:]+$/.test(name)) {
    throw new TypeError(`SIP header ${JSON.stringify(name)} has a name or value that cannot be sent`);
  }
  const long = longName(name);
  return { name: long, key: long.toLowerCase(), value: text };
}

/** The header fields of one message. Several values of one field are several entries, in wire order. */
export class Headers implements Iterable<[string, string]> {
  #fields: Field[] = [];

  constructor(init: HeadersInit = []) {
    if (Symbol.iterator in init) {
      for (const [name, value] of init as Iterable<readonly [string, string]>) this.add(name, value);
    } else {
      for (const [name, value] of Object.entries(init)) this.add(name, value);
    }
  }

  /** The first value of a field, or undefined. */
  get(name: string): string | undefined {
    const key = longName(name).toLowerCase();
    return this.#fields.find((f) => f.key === key)?.value;
  }

  /** All values of a field, in order; empty when it is absent. */
  getAll(name: string): string[] {
    const key = longName(name).toLowerCase();
    return this.#fields.filter((f) => f.key === key).map((f) => f.value);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Replaces every value of a field, in the place of its first one (at the end when it was absent). */
  set(name: string, value: HeaderValue): this {
    const key = longName(name).toLowerCase();
    const at = this.#fields.findIndex((f) => f.key === key);
    const kept = this.#fields.filter((f) => f.key !== key);
    const added = valuesOf(value).map((v) => field(name, v));
    kept.splice(at < 0 ? kept.length : at, 0, ...added);
    this.#fields = kept;
    return this;
  }

  /** Appends values after all others. */
  add(name: string, value: HeaderValue): this {
    for (const v of valuesOf(value)) this.#fields.push(field(name, v));
    return this;
  }

  /** Puts values before the first one of the same field, or before all fields when it is absent. */
  prepend(name: string, value: HeaderValue): this {
    const key = longName(name).toLowerCase();
    const at = Math.max(
      0,
      this.#fields.findIndex((f) => f.key === key),
    );
    this.#fields.splice(at, 0, ...valuesOf(value).map((v) => field(name, v)));
    return this;
  }

  /** Takes over all fields of others, which replace ours of the same names. */
  merge(init: HeadersInit): this {
    const others = [...new Headers(init)];
    for (const [name] of others) this.delete(name);
    for (const [name, value] of others) this.add(name, value);
    return this;
  }

  /** Replaces the first value of a field, leaving the others. */
  setFirst(name: string, value: string): this {
    const key = longName(name).toLowerCase();
    const first = this.#fields.find((f) => f.key === key);
    if (first) first.value = field(name, value).value;
    else this.add(name, value);
    return this;
  }

  /** Removes the first value of a field and gives it back. */
  shift(name: string): string | undefined {
    const key = longName(name).toLowerCase();
    const at = this.#fields.findIndex((f) => f.key === key);
    return at < 0 ? undefined : this.#fields.splice(at, 1)[0]?.value;
  }

  delete(name: string): this {
    const key = longName(name).toLowerCase();
    this.#fields = this.#fields.filter((f) => f.key !== key);
    return this;
  }

  clone(): Headers {
    const copy = new Headers();
    copy.#fields = this.#fields.map((f) => ({ ...f }));
    return copy;
  }

  *[Symbol.iterator](): Iterator<[string, string]> {
    for (const f of this.#fields) yield [f.name, f.value];
  }
}

function valuesOf(value: HeaderValue): readonly (string | number)[] {
  return typeof value === 'object' ? value : [value];
}
