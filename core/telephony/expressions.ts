// Regular expressions that customers and operators write, run so that none can stop the process.
import vm from 'node:vm';
import { LRUCache } from 'lru-cache';

/** What the first fitting expression captured, and those that cannot be used (not an expression, or too slow). */
export interface ExpressionMatch {
  /** Undefined when none fits. */
  readonly match?: {
    readonly text: string;
    /** The longest group, or the whole match when there are no groups (contract/callflow.md §2). */
    readonly longest: string;
    readonly named?: Readonly<Record<string, string>>;
  };
  readonly unusable: readonly string[];
}

// One expression with catastrophic backtracking would stop every call of the process: the engine is interrupted instead.
// The clock is the wall's, so the limit is generous (a busy machine must not change where a call goes), and an
// expression that has used it up three times is not tried again for a while.
const matchTimeout = 500;
const strikes = new LRUCache<string, number>({ max: 1000, ttl: 600_000 });
const context = vm.createContext({ expression: '', text: '' });
const script = new vm.Script(`{
  const found = new RegExp(expression).exec(text);
  found ? JSON.stringify({ groups: [...found], named: found.groups }) : undefined;
}`);

interface Raw {
  readonly groups: readonly (string | null)[];
  readonly named?: Record<string, string>;
}

/** Tries the expressions in order against `text`. */
export function firstMatch(expressions: readonly string[], text: string): ExpressionMatch {
  const unusable: string[] = [];
  for (const expression of expressions) {
    const strike = strikes.get(expression) ?? 0;
    if (strike >= 3) {
      unusable.push(expression);
      continue;
    }
    try {
      const raw = run(expression, text);
      if (raw) return { match: matchOf(raw), unusable };
    } catch {
      strikes.set(expression, strike + 1);
      unusable.push(expression);
    }
  }
  return { unusable };
}

function run(expression: string, text: string): Raw | undefined {
  context['expression'] = expression;
  context['text'] = text;
  const json = script.runInContext(context, { timeout: matchTimeout }) as string | undefined;
  return json === undefined ? undefined : (JSON.parse(json) as Raw);
}

function matchOf({ groups: [whole, ...groups], named }: Raw): NonNullable<ExpressionMatch['match']> {
  const texts = groups.filter((group) => group !== null);
  const longest = texts.reduce((best, group) => (group.length > best.length ? group : best), '');
  const text = whole ?? '';
  return { text, longest: texts.length === 0 ? text : longest, ...(named ? { named } : {}) };
}
