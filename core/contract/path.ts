// Values inside JSON by dotted path; a literal dot inside a key is written `%2E` (contract/crossbar.md §2).

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const keysOf = (path: string): string[] => path.split('.').map((key) => key.replaceAll('%2E', '.'));

/** The value at `path` (array indexes as 0-based numbers), or undefined. */
export function getAt(root: unknown, path: string): unknown {
  let node = root;
  for (const key of keysOf(path)) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    node = (node as Record<string, unknown>)[key];
  }
  return node;
}

/** Writes `value` at `path`, making objects on the way where there are none. */
export function putAt(root: Record<string, unknown>, path: string, value: unknown): void {
  const keys = keysOf(path);
  const last = keys.pop() as string;
  let node: Record<string, unknown> = root;
  for (const key of keys) {
    const child = Object.hasOwn(node, key) ? node[key] : undefined;
    const branch = typeof child === 'object' && child !== null ? (child as Record<string, unknown>) : {};
    define(node, key, branch);
    node = branch;
  }
  define(node, last, value);
}

/** Removes the key at `path` from its object; what is in a list stays. */
export function dropAt(root: Record<string, unknown>, path: string): void {
  const keys = keysOf(path);
  const last = keys.pop() as string;
  let node: unknown = root;
  for (const key of keys) node = isRecord(node) || Array.isArray(node) ? own(node, key) : undefined;
  if (isRecord(node)) delete node[last];
}

const own = (node: object, key: string): unknown =>
  Object.hasOwn(node, key) ? (node as Record<string, unknown>)[key] : undefined;

// Plain assignment would let a key `__proto__` change the prototype.
function define(node: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true });
}
