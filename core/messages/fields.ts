// Field types that messages share, and a compact way to list plain text fields.
import { type TOptional, type TProperties, type TSchema, type TString, Type } from '../contract/index.ts';

export const Text = Type.String();
export const Count = Type.Integer();
export const Flag = Type.Boolean();
export const Texts = Type.Array(Type.String());
/** Free keys, e.g. Custom-Channel-Vars. */
export const Vars = Type.Record(Type.String(), Type.Unknown());
export const Any = Type.Unknown();

type Words<S extends string> = S extends `${infer A}\n${infer B}`
  ? Words<A> | Words<B>
  : S extends `${infer A} ${infer B}`
    ? Words<A> | Words<B>
    : S extends ''
      ? never
      : S;

type Each<K extends string, T extends TSchema> = { [P in K]: T };

const split = (keys: string): string[] => keys.split(/\s+/).filter(Boolean);

/** All these keys (separated by white space) with one type. */
export function all<const S extends string, T extends TSchema>(type: T, keys: S): Each<Words<S>, T> {
  return Object.fromEntries(split(keys).map((key) => [key, type])) as Each<Words<S>, T>;
}

/** As `all`, each optional. */
export function some<const S extends string, T extends TSchema>(
  type: T,
  keys: S,
): Each<Words<S>, TOptional<T>> {
  return Object.fromEntries(split(keys).map((key) => [key, Type.Optional(type)])) as Each<
    Words<S>,
    TOptional<T>
  >;
}

/** Required text fields. */
export const text = <const S extends string>(keys: S): Each<Words<S>, TString> => all(Text, keys);

/** Optional text fields. */
export const maybeText = <const S extends string>(keys: S): Each<Words<S>, TOptional<TString>> =>
  some(Text, keys);

/** Any of these values, optional. */
export const maybeOneOf = <const V extends string>(...values: V[]) => Type.Optional(Type.Enum(values));

/** The same fields, each optional. */
export function optional<P extends TProperties>(fields: P): { [K in keyof P]: TOptional<P[K]> } {
  return Object.fromEntries(Object.entries(fields).map(([key, type]) => [key, Type.Optional(type)])) as {
    [K in keyof P]: TOptional<P[K]>;
  };
}
