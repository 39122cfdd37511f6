// What a binding of a client stands for on the bus.
import type { Binding as Topic } from '../../../core/amqp/index.ts';
import type { Store } from '../../../core/couch/index.ts';

/** The account that a binding is about. */
export interface Subject {
  readonly id: string;
  readonly realm: string | undefined;
  readonly store: Store;
}

/** A message from the bus, of whatever contract. */
export type Told = Readonly<Record<string, unknown>>;

export interface Wanted {
  /** Whose events these are: of an account, a realm or a conference. Nothing else is ever passed on. */
  readonly audience: string;
  readonly topics: readonly Topic[];
  /** Which of them, where a routing key cannot say it. */
  readonly wants?: (message: Told) => boolean;
}

/** The words behind the name of the family. Undefined when there is no such binding. */
export type Family = (words: readonly string[], subject: Subject) => Promise<Wanted | undefined>;

export const ofAccount = (id: string): string => `account ${id}`;
export const ofRealm = (realm: string): string => `realm ${realm.toLowerCase()}`;
export const ofConference = (id: string): string => `conference ${id}`;

/** The choices that a word of a binding means: itself, or all for `*`. */
export function chosen<T extends string>(word: string | undefined, choices: readonly T[]): readonly T[] {
  return word === '*' ? choices : choices.filter((choice) => choice === word);
}
