// SIP URIs and address fields, read as far as a registrar and proxy needs (RFC 3261 §§19.1, 20.10).

export interface SipUri {
  readonly scheme: string;
  /** As it stands, without a password; empty when there is none. */
  readonly user: string;
  /** In lower case; brackets around IPv6 are kept. */
  readonly host: string;
  readonly port: number | undefined;
  /** `;name=value…` as it stands, or empty. */
  readonly params: string;
}

/** One value of From, To or Contact. */
export interface Address {
  readonly uri: string;
  /** Parameters of the field, names in lower case, quotes taken off. */
  readonly params: ReadonlyMap<string, string>;
}

const uriForm =
  /^(sips?):(?:([^@;?:>\s]*)(?::[^@>\s]*)?@)?(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?((?:;[^?>\s]*)?)(?:\?[^>\s]*)?$/i;

/** Undefined for anything that is no SIP URI. */
export function parseUri(text: string): SipUri | undefined {
  const [, scheme, user, host, port, params] = uriForm.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  return {
    scheme: scheme.toLowerCase(),
    user: user ?? '',
    host: host.toLowerCase(),
    port: port === undefined ? undefined : Number(port),
    params: params ?? '',
  };
}

/** The value of a URI parameter, `''` for a bare one, undefined when it is absent. */
export function uriParam({ params }: SipUri, name: string): string | undefined {
  for (const part of params.split(';')) {
    const at = part.indexOf('=');
    const key = at < 0 ? part : part.slice(0, at);
    if (key.toLowerCase() === name) return at < 0 ? '' : part.slice(at + 1);
  }
  return undefined;
}

/** The part of a From or To that addresses: the URI between the angle brackets, or the bare one. */
export function uriOf(field: string): string {
  const open = openBracket(field);
  if (open >= 0) return field.slice(open + 1, closing(field, open));
  const end = field.indexOf(';');
  return (end < 0 ? field : field.slice(0, end)).trim();
}

/** Reads one value, e.g. `"A, B" <sip:a@b;x>;expires=60`. */
export function parseAddress(field: string): Address {
  const open = openBracket(field);
  const rest = open < 0 ? field.indexOf(';') : closing(field, open) + 1;
  const tail = rest < 0 || rest > field.length ? '' : field.slice(rest);
  const params = new Map<string, string>();
  for (const [, name = '', quoted, bare] of tail.matchAll(
    /;\s*([\w!%*+`'~.-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*)))?/g,
  ))
    if (!params.has(name.toLowerCase())) params.set(name.toLowerCase(), quoted ?? bare ?? '');
  return { uri: uriOf(field), params };
}

/** Splits a list of values at the commas that are neither quoted nor inside angle brackets. */
export function splitList(fields: string): string[] {
  if (!fields.includes(',')) return fields.trim() === '' ? [] : [fields.trim()];
  const values: string[] = [];
  let [start, quoted, angle] = [0, false, false];
  for (let at = 0; at < fields.length; at++) {
    const character = fields[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '<') angle = true;
    else if (character === '>') angle = false;
    else if (character === ',' && !angle) {
      values.push(fields.slice(start, at).trim());
      start = at + 1;
    }
  }
  values.push(fields.slice(start).trim());
  return values.filter((value) => value !== '');
}

/** True for an address in numbers, which cannot be a realm. */
export function isIpLiteral(host: string): boolean {
  return /^(\d{1,3}\.){3}\d{1,3}$/.test(host) || host.startsWith('[');
}

/** `<` outside of a quoted display name. */
function openBracket(field: string): number {
  let quoted = false;
  for (let at = 0; at < field.length; at++) {
    const character = field[at];
    if (character === '\\' && quoted) at++;
    else if (character === '"') quoted = !quoted;
    else if (character === '<' && !quoted) return at;
  }
  return -1;
}

function closing(field: string, open: number): number {
  const close = field.indexOf('>', open);
  return close < 0 ? field.length : close;
}
