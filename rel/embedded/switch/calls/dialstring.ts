// Reads FreeSWITCH's dial strings: variables in `<>`, `{}` and `[]`, and `,` `|` `:_:` between endpoints.

/** Variables in the order they were written. */
export type Variables = Map<string, string>;

export interface DialLeg {
  /** `sofia/…`, `loopback/…`, `error/…`, without variables. */
  endpoint: string;
  variables: Variables;
}

/** One originate: groups are tried in turn, the legs of a group ring together. */
export interface DialPlan {
  variables: Variables;
  groups: DialLeg[][];
}

/** The enterprise parts (`:_:`) run side by side; nearly always there is one. */
export interface DialString {
  variables: Variables;
  parts: DialPlan[];
}

const CLOSERS: Record<string, string> = { '[': ']', '{': '}', '<': '>' };

/** Never throws: what it cannot read ends up in an endpoint name that no endpoint knows. */
export function parseDialString(text: string): DialString {
  const outer = takeVariables(text.trim(), '<');
  const parts = splitOutside(outer.rest, ':_:').map((part) => {
    const inner = takeVariables(part.trim(), '{');
    const groups = splitOutside(inner.rest, '|').map((group) => splitOutside(group, ',').map(parseLeg));
    return { variables: inner.variables, groups };
  });
  return { variables: outer.variables, parts };
}

function parseLeg(text: string): DialLeg {
  const own = takeVariables(text.trim(), '[');
  return { endpoint: own.rest.trim(), variables: own.variables };
}

/** Takes any number of blocks that open with `opener` off the front. */
function takeVariables(text: string, opener: string): { variables: Variables; rest: string } {
  const variables: Variables = new Map();
  let rest = text;
  while (rest.startsWith(opener)) {
    const end = closingIndex(rest, 0);
    if (end < 0) break;
    for (const [name, value] of parseVariables(rest.slice(1, end))) variables.set(name, value);
    rest = rest.slice(end + 1).trimStart();
  }
  return { variables, rest };
}

/** `a=b,c='d,e'` or, with another separator chosen in front, `^^!a=b!c=d,e`. A value may hold `\,`. */
export function parseVariables(text: string): Variables {
  const chosen = /^\^\^(.)/.exec(text);
  const separator = chosen?.[1] ?? ',';
  const variables: Variables = new Map();
  for (const pair of splitOutside(chosen ? text.slice(3) : text, separator, "'")) {
    const [, name, value = ''] = /^\s*([^=]+?)\s*=(.*)$/s.exec(pair) ?? [];
    if (name) variables.set(name, unquote(value, separator));
  }
  return variables;
}

/** A value without its quotes, and without the backslash before a separator. */
export function unquote(value: string, separator: string): string {
  const bare = /^'(.*)'$/s.exec(value.trim())?.[1] ?? value;
  return bare.replaceAll(`\\${separator}`, separator).replaceAll("\\'", "'");
}

/** Splits where the separator stands outside brackets and quotes and behind no backslash. */
export function splitOutside(text: string, separator: string, quotes = ''): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') at += 1;
    else if (quotes.includes(char) && quotes) quoted = !quoted;
    else if (quoted) continue;
    else if (!quotes && CLOSERS[char]) {
      const end = closingIndex(text, at);
      if (end > at) at = end;
    } else if (text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      start = at + separator.length;
      at = start - 1;
    }
  }
  parts.push(text.slice(start));
  return parts.filter((part) => part.trim() !== '');
}

function closingIndex(text: string, open: number): number {
  const opener = text[open] ?? '';
  const closer = CLOSERS[opener] ?? '';
  let depth = 0;
  let quoted = false;
  for (let at = open; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (char === opener) depth += 1;
    else if (char === closer) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  // An apostrophe in a caller's name is no quote: look again without quoting.
  return text.indexOf(closer, open);
}
