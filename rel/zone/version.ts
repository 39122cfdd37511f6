// The version of Mirliton, as package.json states it; sources and build stand at different depths below that.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function packageFile(folder: string): string {
  const file = join(folder, 'package.json');
  return existsSync(file) || dirname(folder) === folder ? file : packageFile(dirname(folder));
}

const { version } = JSON.parse(
  readFileSync(packageFile(dirname(fileURLToPath(import.meta.url))), 'utf8'),
) as { version: string };

export { version };
