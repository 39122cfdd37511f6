// Frames of drachtio's control protocol: `<bytes>#<text>`, the text in UTF-8.

/** The largest frame taken from an application, in bytes. */
const LIMIT = 4_194_304;

/** Writes one frame. */
export function frame(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${body.length}#`), body]);
}

/** Collects the bytes of one connection. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Takes a chunk and gives the frames it completes. Throws when what came is not a frame. */
  push(chunk: Buffer): string[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const frames: string[] = [];
    for (;;) {
      const hash = this.#pending.subarray(0, 8).indexOf('#');
      if (hash < 0) {
        if (this.#pending.length >= 8) throw new Error('a frame does not begin with its length');
        return frames;
      }
      const length = this.#pending.toString('latin1', 0, hash);
      if (!/^\d+$/.test(length) || Number(length) > LIMIT)
        throw new Error(`not the length of a frame: ${length}`);
      const end = hash + 1 + Number(length);
      if (this.#pending.length < end) return frames;
      frames.push(this.#pending.toString('utf8', hash + 1, end));
      this.#pending = this.#pending.subarray(end);
    }
  }
}
