// command(): one declaration of a command of `mirliton` gives its parser, its help and its page in the reference.
import type { Cli } from './cli.ts';
import type { ExitCode } from './exit-codes.ts';

/** A word after the name of the command. */
export interface Argument {
  readonly summary: string;
  readonly optional: boolean;
  readonly many: boolean;
}

/** `--name`, or `--name VALUE` when `value` says what the value is called. */
export interface Option {
  readonly type: 'boolean' | 'string';
  readonly value?: string;
  readonly summary: string;
}

export type Arguments = Readonly<Record<string, Argument>>;
export type Options = Readonly<Record<string, Option>>;

const argument = <const O extends boolean, const M extends boolean>(
  summary: string,
  optional: O,
  many: M,
) => ({
  summary,
  optional,
  many,
});

/** One word that must be there. */
export const one = (summary: string) => argument(summary, false, false);
/** One word that may be left out. */
export const maybe = (summary: string) => argument(summary, true, false);
/** All the words that are left; none is fine. */
export const many = (summary: string) => argument(summary, true, true);
/** `--name` */
export const flag = (summary: string) => ({ type: 'boolean', summary }) as const;
/** `--name VALUE` */
export const text = (value: string, summary: string) => ({ type: 'string', value, summary }) as const;

type ArgumentValue<A> = A extends { many: true }
  ? readonly string[]
  : A extends { optional: true }
    ? string | undefined
    : string;
type OptionValue<O> = O extends { type: 'boolean' } ? boolean : string | undefined;

/** What the operator gave: every declared argument and option by its name. */
export interface Given<A extends Arguments, O extends Options> {
  readonly args: { readonly [K in keyof A]: ArgumentValue<A[K]> };
  readonly options: { readonly [K in keyof O]: OptionValue<O[K]> };
}

interface Declaration<A extends Arguments, O extends Options> {
  /** One or two words: `status`, `config get`. */
  readonly name: string;
  readonly summary: string;
  /** More for the help and the reference: what the output means, what happens to calls. */
  readonly details?: string;
  readonly examples?: readonly string[];
  /** By name, in order; a `many` one can only be the last. */
  readonly args?: A;
  readonly options?: O;
  /** Ends with exit code 0 unless it returns another or throws (see exit-codes.ts). */
  // biome-ignore lint/suspicious/noConfusingVoidType: a command that says nothing has gone well
  readonly run: (given: Given<A, O>, cli: Cli) => Promise<ExitCode | void>;
}

/** A declared command as the table knows it. */
export interface Command extends Omit<Declaration<Arguments, Options>, 'run'> {
  readonly args: Arguments;
  readonly options: Options;
  readonly run: (
    given: {
      readonly args: Readonly<Record<string, string | undefined | readonly string[]>>;
      readonly options: Readonly<Record<string, string | boolean | undefined>>;
    },
    cli: Cli,
    // biome-ignore lint/suspicious/noConfusingVoidType: a command that says nothing has gone well
  ) => Promise<ExitCode | void>;
}

/**
 * Declares a command.
 * @example
 * command({ name: 'fs pause', summary: 'No new calls for a switch', args: { switch: one('its name') },
 *   run: ({ args }, cli) => pause(cli, args.switch) })
 */
export function command<
  const A extends Arguments = Record<never, never>,
  const O extends Options = Record<never, never>,
>(declaration: Declaration<A, O>): Command {
  // The parser gives what the declaration names: only the types of the values are lost here.
  return { args: {}, options: {}, ...declaration, run: declaration.run as unknown as Command['run'] };
}

/** The words of the usage line: `mirliton config get CATEGORY [PATH] [--node NODE]`. */
export function usage({ name, args, options }: Command): string {
  const words = Object.entries(args).map(([argument, { optional, many }]) => {
    const word = argument.toUpperCase() + (many ? '...' : '');
    return optional ? `[${word}]` : word;
  });
  const switches = Object.entries(options).map(([option, { value }]) => `[${optionWords(option, value)}]`);
  return ['mirliton', name, ...words, ...switches].join(' ');
}

export const optionWords = (option: string, value: string | undefined): string =>
  `--${option}${value === undefined ? '' : ` ${value}`}`;
