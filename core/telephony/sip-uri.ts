// SIP URIs and name-addresses (RFC 3261 §19.1, §25.1; tel: of RFC 3966), read without trust and written safely.

/** A URI in parts. `user` is decoded; `host` without brackets; parameter names in lower case, flags with value `''`. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips' | 'tel';
  readonly user?: string;
  readonly password?: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** `"Name" <uri>;params`, as in From, To and Contact. */
export interface NameAddress {
  readonly name?: string;
  readonly uri: SipUri;
  readonly params: Readonly<Record<string, string>>;
}

const longest = 2048;
const hostForm = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)$/;
const uriForm = /^(sips?):(?:([^@;?]*)@)?(\[[^\]]*\]|[^:;?@]+)(?::(\d{1,5}))?((?:;[^;?]*)*)(?:\?(.*))?$/i;

/** The URI in `text`, or undefined when it is not one. Never throws, whatever a phone sends. */
export function parseSipUri(text: string): SipUri | undefined {
  if (text.length > longest) return undefined;
  const tel = /^tel:([+\d*#A-Da-d().-]+)((?:;[^;?]*)*)$/i.exec(text);
  if (tel)
    return { scheme: 'tel', user: tel[1] ?? '', host: '', params: pairs(tel[2] ?? '', ';'), headers: {} };
  // The user part may hold `;` and `?` (RFC 3261 §25.1): they belong to it when an `@` follows.
  const at = text.lastIndexOf('@');
  const [, safe = text] = at < 0 ? [] : ['', encodeReserved(text.slice(0, at)) + text.slice(at)];
  const found = uriForm.exec(safe);
  const [, scheme = '', userInfo, host = '', port, params = '', headers = ''] = found ?? [];
  if (!found || !hostForm.test(host) || Number(port ?? 1) > 65_535) return undefined;
  const [user, password] = (userInfo ?? '').split(/:(.*)/s);
  const decoded = user === undefined || user === '' ? undefined : decode(user);
  return {
    scheme: scheme.toLowerCase() as 'sip' | 'sips',
    ...(decoded === undefined ? {} : { user: decoded }),
    ...(password === undefined ? {} : { password: decode(password) }),
    host: host.replace(/^\[|\]$/g, '').toLowerCase(),
    ...(port === undefined ? {} : { port: Number(port) }),
    params: pairs(params, ';'),
    headers: pairs(headers, '&'),
  };
}

/** Writes a URI; what may not stand in a part is escaped, so that no part can run into another. */
export function formatSipUri(uri: Partial<SipUri> & Pick<SipUri, 'host'>): string {
  const { scheme = 'sip', user, password, host, port, params = {}, headers = {} } = uri;
  if (scheme === 'tel') return `tel:${user ?? ''}${joined(params, ';', ';')}`;
  const secret = password === undefined ? '' : `:${percentEncode(password, /[^A-Za-z0-9\-_.!~*'()&=+$,]/gu)}`;
  const userInfo = user === undefined ? '' : `${escapeUser(user)}${secret}@`;
  const place = host.includes(':') ? `[${host}]` : host;
  const where = `${place}${port === undefined ? '' : `:${port}`}`;
  return `${scheme}:${userInfo}${where}${joined(params, ';', ';')}${joined(headers, '?', '&')}`;
}

/** Reads `"Name" <uri>;tag=…` or a bare URI, whose parameters are then those of the header. */
export function parseNameAddress(text: string): NameAddress | undefined {
  if (text.length > longest) return undefined;
  const found = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^"<]*?))\s*<([^<>]*)>\s*((?:;.*)?)$/s.exec(text);
  if (!found) {
    const [address = '', ...params] = text.trim().split(';');
    const uri = parseSipUri(address);
    return uri && { uri, params: pairs(params.join(';'), ';') };
  }
  const [, quoted, token, address = '', params = ''] = found;
  const uri = parseSipUri(address);
  const name = quoted === undefined ? token : quoted.replace(/\\(.)/gs, '$1');
  return uri && { ...(name ? { name } : {}), uri, params: pairs(params, ';') };
}

/** The reverse of `parseNameAddress`. */
export function formatNameAddress({
  name,
  uri,
  params = {},
}: Omit<NameAddress, 'params'> & Partial<NameAddress>) {
  const quoted = name === undefined ? '' : `"${name.replace(/[\r\n\0]/g, ' ').replace(/["\\]/g, '\\$&')}" `;
  return `${quoted}<${formatSipUri(uri)}>${joined(params, ';', ';')}`;
}

/** `user@host` of any text that holds a SIP URI or is of that form already; undefined when it is neither. */
export function userAtHost(text: string): string | undefined {
  const uri = parseNameAddress(/^[a-z]+:|</i.test(text) ? text : `sip:${text}`)?.uri;
  return uri?.user === undefined || uri.scheme === 'tel' ? undefined : `${uri.user}@${uri.host}`;
}

function pairs(text: string, separator: string): Record<string, string> {
  const parts = text.split(separator).map((part) => part.trim());
  return Object.fromEntries(
    parts.filter(Boolean).map((part) => {
      const [name = '', value = ''] = part.split(/\s*=\s*(.*)/s);
      return [decode(name).toLowerCase(), decode(value.replace(/^"(.*)"$/s, '$1'))];
    }),
  );
}

function joined(values: Readonly<Record<string, string>>, first: string, separator: string): string {
  const unsafe = /[^A-Za-z0-9\-_.!~*'()[\]/:+$]/gu;
  const text = Object.entries(values).map(
    ([name, value]) =>
      `${percentEncode(name, unsafe)}${value === '' ? '' : `=${percentEncode(value, unsafe)}`}`,
  );
  return text.length === 0 ? '' : first + text.join(separator);
}

const escapeUser = (user: string): string => percentEncode(user, /[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/gu);

function percentEncode(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

function encodeReserved(text: string): string {
  return text.replace(/[;?@]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A bad escape stays as it stands: it is the phone's, not an error of ours. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
