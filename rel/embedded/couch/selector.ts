// Mango selectors: parsed once, then matched against documents (`_find`, `_changes?filter=_selector`).
import { compareKeys } from './collation.ts';
import { CouchError } from './errors.ts';
import { isObject } from './exchange.ts';

/** A parsed selector: whether a value meets it. */
export type Selector = (value: unknown) => boolean;

const invalidOperator = (name: string) =>
  new CouchError(400, 'invalid_operator', `Invalid operator: ${name}`);
const badArgument = (name: string, argument: unknown) =>
  new CouchError(400, 'bad_arg', `Bad argument for operator ${name}: ${JSON.stringify(argument)}`);

/** The member at a path such as `a.b.c` (`\\.` is a literal dot); undefined when there is none. */
export function fieldValue(doc: unknown, path: string): unknown {
  let value = doc;
  for (const part of splitPath(path)) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isObject(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}

export function splitPath(path: string): string[] {
  return path.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'));
}

export function matches(selector: Selector, doc: unknown): boolean {
  return selector(doc);
}

/** Parses a selector. Throws CouchDB's 400 for an unknown operator or a bad argument. */
export function parseSelector(selector: unknown): Selector {
  if (!isObject(selector)) {
    const text = `Selector must be a JSON object, not: ${JSON.stringify(selector)}`;
    throw new CouchError(400, 'invalid_selector_json', text);
  }
  return parseObject(selector);
}

function parseObject(selector: Record<string, unknown>): Selector {
  const tests = Object.entries(selector).map(([name, argument]) =>
    name.startsWith('$') ? parseOperator(name, argument) : parseField(name, argument),
  );
  return (value) => tests.every((test) => test(value));
}

function parseField(path: string, argument: unknown): Selector {
  const test = parseArgument(argument);
  return (value) => test(fieldValue(value, path));
}

function parseArgument(argument: unknown): Selector {
  if (isObject(argument) && Object.keys(argument).length > 0) return parseObject(argument);
  return (value) => value !== undefined && compareKeys(value, argument) === 0;
}

const ordered =
  (accept: (order: number) => boolean) =>
  (argument: unknown): Selector =>
  (value) =>
    value !== undefined && accept(compareKeys(value, argument));

const list = (name: string, argument: unknown): unknown[] => {
  if (!Array.isArray(argument)) throw badArgument(name, argument);
  return argument;
};
const string = (name: string, argument: unknown): string => {
  if (typeof argument !== 'string') throw badArgument(name, argument);
  return argument;
};
const isOneOf = (choices: unknown[], value: unknown) =>
  choices.some((choice) => compareKeys(choice, value) === 0);

const TYPE_OF = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : (typeof value as string);

const OPERATORS: Record<string, (argument: unknown) => Selector> = {
  $eq: ordered((order) => order === 0),
  $ne: ordered((order) => order !== 0),
  $lt: ordered((order) => order < 0),
  $lte: ordered((order) => order <= 0),
  $gt: ordered((order) => order > 0),
  $gte: ordered((order) => order >= 0),
  $and: (argument) => {
    const tests = list('$and', argument).map(parseArgument);
    return (value) => tests.every((test) => test(value));
  },
  $or: (argument) => {
    const tests = list('$or', argument).map(parseArgument);
    return (value) => tests.length === 0 || tests.some((test) => test(value));
  },
  $nor: (argument) => {
    const tests = list('$nor', argument).map(parseArgument);
    return (value) => !tests.some((test) => test(value));
  },
  $not: (argument) => {
    if (isObject(argument) && Object.keys(argument).some((name) => !name.startsWith('$')))
      return negateFields(argument);
    const test = parseArgument(argument);
    return (value) => !test(value);
  },
  $exists: (argument) => {
    if (typeof argument !== 'boolean') throw badArgument('$exists', argument);
    return (value) => (value !== undefined) === argument;
  },
  $type: (argument) => {
    const type = string('$type', argument);
    return (value) => value !== undefined && TYPE_OF(value) === type;
  },
  $in: (argument) => {
    const choices = list('$in', argument);
    return (value) =>
      value !== undefined &&
      (Array.isArray(value) ? value.some((item) => isOneOf(choices, item)) : isOneOf(choices, value));
  },
  $nin: (argument) => {
    const choices = list('$nin', argument);
    return (value) =>
      value !== undefined &&
      !(Array.isArray(value) ? value.some((item) => isOneOf(choices, item)) : isOneOf(choices, value));
  },
  $size: (argument) => (value) => Array.isArray(value) && value.length === argument,
  $all: (argument) => {
    const wanted = list('$all', argument);
    return (value) => Array.isArray(value) && wanted.every((item) => isOneOf(value, item));
  },
  $elemMatch: (argument) => {
    const test = parseArgument(argument);
    return (value) => Array.isArray(value) && value.some(test);
  },
  $allMatch: (argument) => {
    const test = parseArgument(argument);
    return (value) => Array.isArray(value) && value.length > 0 && value.every(test);
  },
  $keyMapMatch: (argument) => {
    const test = parseArgument(argument);
    return (value) => isObject(value) && Object.keys(value).some(test);
  },
  $mod: (argument) => {
    const [divisor, remainder] = list('$mod', argument);
    if (!Number.isInteger(divisor) || !Number.isInteger(remainder) || divisor === 0)
      throw badArgument('$mod', argument);
    return (value) => Number.isInteger(value) && (value as number) % (divisor as number) === remainder;
  },
  $regex: (argument) => {
    let pattern: RegExp;
    try {
      pattern = new RegExp(string('$regex', argument));
    } catch {
      throw badArgument('$regex', argument);
    }
    return (value) => typeof value === 'string' && pattern.test(value);
  },
  $beginsWith: (argument) => {
    const prefix = string('$beginsWith', argument);
    return (value) => typeof value === 'string' && value.startsWith(prefix);
  },
};

/** CouchDB turns a negated field into `$ne`, and that wants the field to be there. */
function negateFields(fields: Record<string, unknown>): Selector {
  const tests = Object.entries(fields).map(([path, argument]): Selector => {
    const test = parseArgument(argument);
    const isAboutPresence = isObject(argument) && '$exists' in argument;
    return (doc) => {
      const value = fieldValue(doc, path);
      return (value !== undefined || isAboutPresence) && !test(value);
    };
  });
  return (doc) => tests.some((test) => test(doc));
}

function parseOperator(name: string, argument: unknown): Selector {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) throw invalidOperator(name);
  return operator(argument);
}
