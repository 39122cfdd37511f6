// Speech by espeak-ng, a package of Debian: the text goes through a pipe, never through a shell or an argument.
import { spawn } from 'node:child_process';
import type { Source } from './contract.ts';
import { MediaError } from './errors.ts';
import { parseWav, WavSource } from './wav.ts';

const PROGRAM = 'espeak-ng';
const DEFAULT_VOICE = 'en';
const TIMEOUT_MS = 15_000;
const MOST_TEXT = 5000;
const MOST_BYTES = 32 * 1024 * 1024;

function explain(error: NodeJS.ErrnoException): MediaError {
  if (error.code !== 'ENOENT')
    return new MediaError('media_failed', `${PROGRAM}: ${error.message}`, { cause: error });
  return new MediaError('speech_unavailable', `${PROGRAM} is not installed: apt install ${PROGRAM}`, {
    cause: error,
  });
}

function run(text: string, voice: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(PROGRAM, ['-v', voice, '--stdin', '--stdout'], {
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < 1000) complaint += chunk.toString();
    });
    // EPIPE: it ended before it had read the text; its exit tells why.
    child.stdin.on('error', () => {});
    child.on('error', (error) => reject(explain(error)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks));
      else
        reject(
          new MediaError('media_failed', `${PROGRAM} ended with ${signal ?? code}: ${complaint.trim()}`),
        );
    });
    child.stdin.end(text);
  });
}

/**
 * Speaks `text` (up to 5,000 characters) with a voice of espeak-ng (`en`, `de`, `en-us+f3`, …); with its English one
 * when it does not know the voice, as those of other engines (`kal`, `slt`).
 * @throws MediaError `speech_unavailable` | `media_failed` | `bad_argument`
 */
export async function openSpeech(text: string, voice = DEFAULT_VOICE): Promise<Source> {
  if (text.trim() === '' || text.length > MOST_TEXT)
    throw new MediaError(
      'bad_argument',
      `speech: the text must have 1 to ${MOST_TEXT} characters, it has ${text.length}`,
    );
  const wanted = /^[a-z]{2,3}(-[a-z0-9]+)*(\+[a-z0-9]+)?$/i.test(voice) ? voice : DEFAULT_VOICE;
  const spoken = await run(text, wanted).catch((error: MediaError) => {
    if (wanted === DEFAULT_VOICE || error.code !== 'media_failed') throw error;
    return run(text, DEFAULT_VOICE);
  });
  return new WavSource(parseWav(spoken, 'speech'));
}
