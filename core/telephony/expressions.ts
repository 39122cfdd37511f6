// Regular expressions that customers and operators write, run so that none can stop the process.
import vm from 'node:vm';

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

interface Raw {
  readonly groups?: readonly (string | null)[];
  readonly named?: Record<string, string>;
  readonly unusable: string[];
}

// One expression with catastrophic backtracking would stop every call of the process: the engine is interrupted instead.
const matchTimeout = 50;
const context = vm.createContext({ expressions: '', text: '' });
const script = new vm.Script(`{
  const unusable = [];
  let found;
  for (const expression of JSON.parse(expressions)) {
    try {
      found = new RegExp(expression).exec(text);
    } catch {
      unusable.push(expression);
    }
    if (found) break;
  }
  JSON.stringify({ groups: found ? [...found] : undefined, named: found?.groups, unusable });
}`);

/** Tries the expressions in order against `text`; together they may take 50 ms. */
export function firstMatch(expressions: readonly string[], text: string): ExpressionMatch {
  if (expressions.length === 0) return { unusable: [] };
  context['expressions'] = JSON.stringify(expressions);
  context['text'] = text;
  try {
    const raw = JSON.parse(script.runInContext(context, { timeout: matchTimeout }) as string) as Raw;
    return { ...(raw.groups ? { match: matchOf(raw.groups, raw.named) } : {}), unusable: raw.unusable };
  } catch {
    return { unusable: expressions };
  }
}

function matchOf([whole, ...groups]: readonly (string | null)[], named: Record<string, string> | undefined) {
  const texts = groups.filter((group) => group !== null);
  const longest = texts.reduce((best, group) => (group.length > best.length ? group : best), '');
  const text = whole ?? '';
  return { text, longest: texts.length === 0 ? text : longest, ...(named ? { named } : {}) };
}
