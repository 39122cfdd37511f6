// Splitting and parameters of SIP values, aware of quotes and angle brackets (RFC 3261 §25).

/** `;name=value` parameters; a flag such as `lr` has the value ''. Names are lower case, values as spelled. */
export type Params = Map<string, string>;

/** Splits at `separator` outside quoted strings and `<…>`; parts are trimmed, empty ones dropped. */
export function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let angle = false;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '<') angle = true;
    else if (c === '>') angle = false;
    else if (c === separator && !angle) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts.filter((part) => part !== '');
}

/** Reads `a=b;c;d="e"`, with or without a leading `;`. The first of two equal names counts. */
export function parseParams(text: string): Params {
  const params: Params = new Map();
  for (const part of splitOutside(text, ';')) {
    const at = part.indexOf('=');
    const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
    if (name !== '' && !params.has(name)) params.set(name, at < 0 ? '' : part.slice(at + 1).trim());
  }
  return params;
}

/** Writes parameters, each with its leading `;`. */
export function formatParams(params: Params): string {
  let text = '';
  for (const [name, value] of params) text += value === '' ? `;${name}` : `;${name}=${value}`;
  return text;
}

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`; undefined when it is none of them. The host has no brackets. */
export function parseHostPort(text: string): { host: string; port?: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))\s*(?::\s*(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  if (!match || host === undefined) return undefined;
  if (match[3] === undefined) return { host };
  const port = Number(match[3]);
  return port > 0 && port < 65536 ? { host, port } : undefined;
}

/** Writes `host[:port]`, with brackets around an IPv6 address. */
export function formatHostPort(host: string, port?: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
