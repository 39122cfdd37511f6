// Compiles a JSON schema once and reports every violation with Kazoo's validation codes.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** A JSON schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>> | object;

/** One violation. `path` is dotted (`flow.data.id`, array index 0-based); `code` as in contract/crossbar.md §2. */
export interface Violation {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly value?: unknown;
  readonly target?: unknown;
}

/** A compiled schema. `check` answers all violations, none when the value fits; `applyDefaults` also writes defaults. */
export interface Validator {
  readonly schema: JsonSchema;
  check(value: unknown): readonly Violation[];
}

const options = {
  allErrors: true,
  strict: false,
  allowUnionTypes: true,
  verbose: true,
  // Of several forms the one is checked that the value says it has, and its own violations are told.
  discriminator: true,
  // Tests have seen that what is declared is valid: a process that starts does not prove it once more.
  validateSchema: false,
} as const;
/** As Kazoo has it: what may stand before and after the `@` is for the mail server to say. */
const email = /^[^@\s]+@[^@\s]+$/;

const plain = newAjv(false);
const filling = newAjv(true);

function newAjv(useDefaults: boolean): Ajv {
  const ajv = new Ajv({ ...options, useDefaults });
  addFormats.default(ajv);
  ajv.addFormat('email', email);
  return ajv;
}

/**
 * A validator of `schema`, compiled when it is first used: a process declares all contracts and checks a few.
 * With `defaults: true` checking also writes the schema's defaults into the value.
 * With `foreign: true`, for schemas that are not declared here, checking throws when the schema itself is not valid.
 */
export function compile(schema: JsonSchema, { defaults = false, foreign = false } = {}): Validator {
  let validate: ValidateFunction | undefined;
  return {
    schema,
    check: (value) => {
      if (!validate) {
        const ajv = defaults ? filling : plain;
        if (foreign) void ajv.validateSchema(schema, true);
        validate = ajv.compile(schema);
      }
      return validate(value) ? [] : (validate.errors ?? []).flatMap(toViolation);
    },
  };
}

const registered = new Map<string, JsonSchema>();

/** Makes a named schema available to `$ref` from every other schema. Idempotent by name. */
export function registerSchema(name: string, schema: JsonSchema): void {
  if (registered.has(name)) return;
  registered.set(name, schema);
  for (const ajv of [plain, filling]) ajv.addSchema(schema, name);
}

const codes: Readonly<Record<string, string>> = {
  const: 'enum',
  format: 'wrong_format',
  oneOf: 'not_one_schema_valid',
  anyOf: 'any_schemas_not_valid',
  minProperties: 'too_few_properties',
  maxProperties: 'too_many_properties',
  discriminator: 'enum',
  not: 'disallow',
  multipleOf: 'divisibleBy',
  unevaluatedProperties: 'additionalProperties',
  dependentRequired: 'dependencies',
};

// Keywords that only repeat what a nested violation says more exactly.
const wrappers = new Set(['if', '$ref', 'allOf']);

function toViolation(error: ErrorObject): Violation[] {
  if (wrappers.has(error.keyword)) return [];
  const params = error.params as Record<string, unknown>;
  const missing = error.keyword === 'required' ? params['missingProperty'] : undefined;
  const extra = params['additionalProperty'] ?? params['unevaluatedProperty'] ?? params['tag'];
  const target = targetOf(error);
  return [
    {
      path: dotted(error.instancePath, missing ?? extra),
      code: codes[error.keyword] ?? error.keyword,
      message: error.message ?? error.keyword,
      ...(missing === undefined ? { value: error.data } : {}),
      ...(target === undefined ? {} : { target }),
    },
  ];
}

function targetOf(error: ErrorObject): unknown {
  const params = error.params as Record<string, unknown>;
  if (error.keyword === 'required') return undefined;
  const target =
    params['limit'] ?? params['allowedValues'] ?? params['type'] ?? params['pattern'] ?? params['format'];
  if (error.keyword === 'const') return [params['allowedValue']];
  return error.keyword === 'type' ? [target].flat().join(',') : target;
}

/** `/a/b~1c/0` and an optional last key as `a.b/c.0`; a literal dot inside a key is written `%2E`. */
function dotted(pointer: string, last: unknown): string {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (last !== undefined) keys.push(String(last));
  return keys.map((key) => key.replaceAll('.', '%2E')).join('.');
}

/** The schema of that name, for those that follow a `$ref` themselves. */
export function findSchema(name: string): JsonSchema | undefined {
  return registered.get(name);
}
