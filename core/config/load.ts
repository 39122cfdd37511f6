// Reads the settings: defaults, then the file, then MIRLITON_* variables; the first wrong value is named.
import { readFileSync } from 'node:fs';
import { compile, isRecord, putAt } from '../contract/index.ts';
import { AppError, errorText } from '../errors/index.ts';
import { type Settings, settingsSchema } from './settings.ts';

const validator = compile(settingsSchema, { defaults: true });

/**
 * The settings from `file` (JSON; a missing file is an error when it was named) and the environment.
 * A variable is spelled by path: `MIRLITON_REST_PORT=8001`, lists and objects as JSON. Throws `invalid_config`.
 */
export function loadSettings({
  file,
  environment = {},
  overrides = {},
}: {
  readonly file?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly overrides?: Readonly<Record<string, unknown>>;
} = {}): Settings {
  const settings: Record<string, unknown> = file ? readJson(file) : {};
  for (const [path, text] of variables(environment)) putAt(settings, path, parse(path, text));
  for (const [path, value] of Object.entries(overrides)) putAt(settings, path, value);
  const violations = validator.check(settings);
  const first = violations[0];
  if (first) {
    const where = file ? ` (in ${file} or the environment)` : '';
    throw new AppError('invalid_config', {
      message: `setting ${first.path || 'root'} ${first.message}${where}`,
      details: { violations },
    });
  }
  const { rtpMin, rtpMax } = (settings as Settings).switch;
  if (rtpMin > rtpMax)
    throw new AppError('invalid_config', {
      message: `setting switch.rtpMin (${rtpMin}) is above switch.rtpMax (${rtpMax})`,
    });
  return settings as Settings;
}

function readJson(file: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isRecord(json)) return json;
  } catch (cause) {
    throw new AppError('invalid_config', {
      message: `cannot read the configuration ${file}: ${errorText(cause)}`,
      cause,
    });
  }
  throw new AppError('invalid_config', { message: `the configuration ${file} must be a JSON object` });
}

/** All leaf paths of the schema, so that MIRLITON_STORE_PASSWORD finds `store.password`. */
function leaves(schema: object, path: readonly string[] = []): (readonly [string, string])[] {
  const { properties } = schema as { properties?: Record<string, { type?: string; properties?: object }> };
  return Object.entries(properties ?? {}).flatMap(([name, child]) =>
    child.properties
      ? leaves(child, [...path, name])
      : [[[...path, name].join('.'), child.type ?? 'string'] as const],
  );
}

const types = new Map(leaves(settingsSchema));
const byVariable = new Map(
  [...types.keys()].map((path) => [`MIRLITON_${path.replaceAll('.', '_').toUpperCase()}`, path]),
);

function variables(environment: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(environment).flatMap(([name, text]): [string, string][] => {
    const path = byVariable.get(name);
    return path && text !== undefined ? [[path, text]] : [];
  });
}

function parse(path: string, text: string): unknown {
  if (types.get(path) === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return types.get(path) === 'array' ? text.split(',') : text;
  }
}
