// Matching numbers against the patterns that customers write.
import vm from 'node:vm';

/** What a pattern captured of a number (contract/callflow.md §2). */
export interface PatternMatch {
  readonly text: string;
  readonly captureGroup: string;
  readonly captureGroups?: Readonly<Record<string, string>>;
}

// A pattern with catastrophic backtracking would stop every call of the process: the engine is interrupted instead.
const matchTimeout = 50;
const context = vm.createContext({ pattern: '', number: '' });
const script = new vm.Script('new RegExp(pattern).exec(number)');

/**
 * Runs one pattern. Undefined when it does not match. Throws when it is not a regular expression or takes too long.
 * `captureGroup` is the longest group, or the whole match when there are no groups.
 */
export function matchPattern(pattern: string, number: string): PatternMatch | undefined {
  context['pattern'] = pattern;
  context['number'] = number;
  const found = script.runInContext(context, { timeout: matchTimeout }) as RegExpExecArray | null;
  if (!found) return undefined;
  const groups = [...found].slice(1).filter((group) => group !== undefined);
  const longest = groups.reduce((best, group) => (group.length > best.length ? group : best), '');
  return {
    text: found[0],
    captureGroup: groups.length === 0 ? found[0] : longest,
    ...(found.groups ? { captureGroups: { ...found.groups } } : {}),
  };
}
