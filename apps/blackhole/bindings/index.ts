// Every family of bindings, by the first word.
import type { Family, Subject, Wanted } from './binding.ts';
import { call } from './call.ts';
import { conference } from './conference.ts';
import { fax } from './fax.ts';
import { object } from './object.ts';
import { presence } from './presence.ts';

export const families: Readonly<Record<string, Family>> = { call, conference, fax, object, presence };

/** What a binding as clients write it stands for; undefined when there is no such one. */
export async function readBinding(binding: string, subject: Subject): Promise<Wanted | undefined> {
  const [family = '', ...words] = binding.split('.');
  return Object.hasOwn(families, family) ? families[family]?.(words, subject) : undefined;
}
