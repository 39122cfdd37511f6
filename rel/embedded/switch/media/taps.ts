// Who listens on both sides of a leg: recordings and tone detectors.
import type { Frame, Recording, RecordOptions, ToneDetectOptions } from './contract.ts';
import { ToneMeter } from './detect.ts';
import { MediaError } from './errors.ts';
import { FRAME_MS } from './frame.ts';
import { openRecorder, type Recorder } from './recorder.ts';

interface Detector {
  meter: ToneMeter;
  side: 'read' | 'write';
  framesLeft: number;
  settle: (heard: boolean) => void;
}

/** The recordings and detectors of one leg. */
export class Taps {
  readonly recorders = new Map<string, Recorder>();
  readonly #detectors = new Set<Detector>();
  #closed = false;

  /** Somebody listens: frames must be made. */
  get any(): boolean {
    return this.recorders.size + this.#detectors.size > 0;
  }

  async record(path: string, options: RecordOptions): Promise<Recording> {
    if (this.#closed) throw new MediaError('leg_closed', `cannot record to ${path}: the leg has been closed`);
    if (this.recorders.has(path)) throw new MediaError('bad_argument', `${path} is being recorded already`);
    const recorder = await openRecorder(path, options);
    this.recorders.get(path)?.end('stopped');
    this.recorders.set(path, recorder);
    if (this.#closed) recorder.end('closed');
    // `finished` never rejects.
    void recorder.finished.then(() => this.recorders.get(path) === recorder && this.recorders.delete(path));
    return recorder;
  }

  detectTone({ frequencies, side = 'read', hits }: ToneDetectOptions, timeoutMs: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((settle) => {
      const meter = new ToneMeter(frequencies, hits);
      this.#detectors.add({ meter, side, framesLeft: timeoutMs / FRAME_MS, settle });
    });
  }

  digit(digit: string): void {
    for (const recorder of this.recorders.values()) recorder.digit(digit);
  }

  /** Takes 20 ms: what came from the far end and what went to it. */
  push(read: Frame, written: Frame): void {
    for (const recorder of this.recorders.values()) recorder.push(read, written);
    for (const detector of this.#detectors) {
      const heard = detector.meter.push(detector.side === 'read' ? read : written);
      if (!heard && --detector.framesLeft > 0) continue;
      this.#detectors.delete(detector);
      detector.settle(heard);
    }
  }

  /** Resolves when every recording is complete on the disk. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const detector of this.#detectors) detector.settle(false);
    this.#detectors.clear();
    const recorders = [...this.recorders.values()];
    for (const recorder of recorders) recorder.end('closed');
    await Promise.all(recorders.map((recorder) => recorder.finished));
  }
}
