// What a template may name, as those who change it are shown it: by the name of the value.
import type { Template } from './template.ts';

export interface Macro {
  readonly i18n_label: string;
  readonly friendly_name: string;
  readonly description: string;
}

/** What every notification of an account has. */
const common = [
  ...['id', 'name', 'realm', 'language', 'timezone'].map((key) => `account.${key}`),
  ...['first_name', 'last_name', 'email', 'username', 'timezone'].map((key) => `user.${key}`),
];

/** The values that all templates may name, and those that this one names itself. */
export function macrosOf({ subject, text }: Pick<Template, 'subject' | 'text'>): Record<string, Macro> {
  const words = `${subject}\n${text}`;
  const found = (pattern: RegExp) => [...words.matchAll(pattern)].map(([, name = '']) => name);
  const ofLoops = found(/{% for (\w+) in/g);
  const named = found(/{{\s*(\w+(?:\.\w+)*)/g).filter((name) => !ofLoops.includes(name.split('.')[0] ?? ''));
  const names = [...new Set([...common, ...named, ...found(/{% for \w+ in (\w+)/g)])].sort();
  return Object.fromEntries(names.map((name) => [name, macroOf(name)]));
}

function macroOf(name: string): Macro {
  const words = name.replace(/[._]/g, ' ');
  const friendly_name = words.charAt(0).toUpperCase() + words.slice(1);
  return { i18n_label: name.replaceAll('.', '_'), friendly_name, description: friendly_name };
}
