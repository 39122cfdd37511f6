// Several messages as one zip file, made while it is read.
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A sound and what it is called in the file. */
export interface Zipped {
  readonly name: string;
  open(): Promise<Readable>;
}

/** Equal names are told apart by a number. A sound that cannot be read ends the file with an error. */
export function zipOf(files: readonly Zipped[]): Readable {
  const zip = new ZipFile();
  const seen = new Map<string, number>();
  const output = zip.outputStream as Readable;
  for (const { name, open } of files) {
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    const unique = times === 0 ? name : name.replace(/(\.\w+)?$/, `-${times}$1`);
    // Opened one after the other, when their turn comes.
    zip.addReadStreamLazy(unique, { compress: false }, (ready) => {
      open().then(
        (stream) => ready(null, stream),
        (error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }
  zip.end();
  return output;
}
