// The rules of carriers: expressions that a number must fit, written by operators and by customers.
import vm from 'node:vm';

/** What fitted, and the rules that cannot be used (no expression, or too slow). */
export interface RuleMatch {
  /** The longest group, or the whole match when there is none; undefined when no rule fits. */
  readonly captured: string | undefined;
  readonly unusable: readonly string[];
}

// One rule with catastrophic backtracking would stop every call of the process: the engine is interrupted instead.
const matchTimeout = 50;
const context = vm.createContext({ rules: '', number: '' });
const script = new vm.Script(`{
  const unusable = [];
  let groups;
  for (const rule of JSON.parse(rules)) {
    try {
      groups = new RegExp(rule).exec(number);
    } catch {
      unusable.push(rule);
    }
    if (groups) break;
  }
  JSON.stringify({ groups: groups ? [...groups] : undefined, unusable });
}`);

/** The first of `rules` that fits the number (contract/couch.md, resources: rules, cid_rules, classifiers.regex). */
export function matchRules(rules: readonly string[], number: string): RuleMatch {
  if (rules.length === 0) return { captured: undefined, unusable: [] };
  context['rules'] = JSON.stringify(rules);
  context['number'] = number;
  try {
    const result = script.runInContext(context, { timeout: matchTimeout }) as string;
    const { groups, unusable } = JSON.parse(result) as { groups?: (string | null)[]; unusable: string[] };
    return { captured: groups && longest(groups), unusable };
  } catch {
    return { captured: undefined, unusable: rules };
  }
}

function longest([whole, ...groups]: readonly (string | null)[]): string {
  const texts = groups.filter((group) => group !== null);
  if (texts.length === 0) return whole ?? '';
  return texts.reduce((best, group) => (group.length > best.length ? group : best), '');
}
