// The settings as every process of a zone reads them.
import { existsSync } from 'node:fs';
import { loadSettings, type Settings } from '../../core/config/index.ts';

/** From `file`, else the one of MIRLITON_CONFIG, else mirliton.json where there is one; then the environment. Throws `invalid_config`. */
export function readSettings(file?: string, overrides: Readonly<Record<string, unknown>> = {}): Settings {
  const found =
    file ?? process.env['MIRLITON_CONFIG'] ?? (existsSync('mirliton.json') ? 'mirliton.json' : undefined);
  return loadSettings({ file: found, environment: process.env, overrides });
}
