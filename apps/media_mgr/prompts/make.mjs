// Speaks the prompts into sounds/en-us, as 8 kHz µ-law WAV. Needs Debian's `flite` and `sox`. Run it with:
//   node --import=tsx apps/media_mgr/prompts/make.mjs [prompt …]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { texts } from './texts.ts';

const folder = fileURLToPath(new URL('sounds/en-us', import.meta.url));
const wanted = process.argv.slice(2);
const spoken = join(mkdtempSync(join(tmpdir(), 'prompts-')), 'spoken.wav');
mkdirSync(folder, { recursive: true });
for (const [prompt, text] of Object.entries(texts)) {
  if (wanted.length > 0 && !wanted.includes(prompt)) continue;
  execFileSync('flite', ['-voice', 'slt', '-t', text, '-o', spoken]);
  // Telephone band, silence at both ends cut, level evened, without dither so that a second run gives the same bytes.
  const trim = ['silence', '1', '0.05', '0.5%', 'reverse', 'silence', '1', '0.05', '0.5%', 'reverse'];
  const effects = ['highpass', '200', 'lowpass', '3600', ...trim, 'gain', '-n', '-3', 'pad', '0.05', '0.15'];
  execFileSync('sox', [
    '-D',
    spoken,
    '-r',
    '8000',
    '-c',
    '1',
    '-e',
    'mu-law',
    '-b',
    '8',
    join(folder, `${prompt}.wav`),
    ...effects,
  ]);
}
rmSync(join(spoken, '..'), { recursive: true });
