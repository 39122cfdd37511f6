// Music on hold for a FreeSWITCH that was given none: the melody of the embedded switch, as a WAV file.
import { newFrame, openSource, wavHeader } from '../embedded/switch/media/index.ts';

const format = { channels: 1, rate: 8000 } as const;
/** Once round, 9.6 s in frames of 20 ms: what follows the end is the beginning. */
const frames = 480;

/** PCM of 16 bits, 8 kHz. */
export async function melody(): Promise<Buffer> {
  const source = await openSource('local_stream://default');
  try {
    const samples = Array.from({ length: frames }, () => {
      const frame = newFrame();
      source.read(frame);
      return Buffer.from(frame.buffer);
    });
    return Buffer.concat([wavHeader(format, frames * format.rate * 2 * 0.02), ...samples]);
  } finally {
    source.close();
  }
}
