// What a leg is played by us rather than by another call: keys as tones, a playback, hold music; the first of them.
import type { Frame, PlayOptions, PlayResult, Source } from './contract.ts';
import { Playback } from './playback.ts';
import { openSource } from './sources.ts';
import { dtmfTones } from './tones.ts';

/** The playbacks of one leg. */
export class OwnAudio {
  held = false;
  #keys: Playback | undefined;
  #playback: Playback | undefined;
  #music: Playback | undefined;
  #order = 0;
  #closed = false;

  get playing(): boolean {
    return this.#playback !== undefined;
  }
  /** Something is there to be heard instead of other calls. */
  get any(): boolean {
    return (this.#keys ?? this.#playback ?? this.#music) !== undefined;
  }

  async play(what: Source | string, options: PlayOptions): Promise<PlayResult> {
    const order = ++this.#order;
    const source = typeof what === 'string' ? await openSource(what) : what;
    const playback = new Playback(source, options);
    // While the file was being opened the leg was closed, or something newer was to be played or stopped.
    if (this.#closed || order !== this.#order) playback.end('stopped');
    else {
      this.#playback?.end('stopped');
      this.#playback = playback;
    }
    return playback.finished;
  }

  stopPlay(): void {
    this.#order++;
    this.#playback?.end('stopped');
    this.#playback = undefined;
  }

  seek(deltaMs: number): void {
    this.#playback?.seek(deltaMs);
  }

  pause(on: boolean): void {
    this.#playback?.pause(on);
  }

  digit(digit: string): void {
    this.#playback?.digit(digit);
  }

  /** Keys in the audio, after those that are sounding. */
  async playKeys(digits: string, durationMs: number): Promise<void> {
    while (this.#keys) await this.#keys.finished;
    if (this.#closed) return;
    this.#keys = new Playback(dtmfTones(digits, durationMs));
    await this.#keys.finished;
  }

  /** Held at once, whatever becomes of the music. */
  async hold(music: string | null): Promise<void> {
    this.held = true;
    const source = music === null ? undefined : await openSource(music);
    if (!this.held || this.#closed) {
      source?.close();
      return;
    }
    this.#music?.end('stopped');
    this.#music = source && new Playback(source, { loops: 0 });
  }

  unhold(): void {
    this.held = false;
    this.#music?.end('stopped');
    this.#music = undefined;
  }

  /** Fills `frame` with the first that sounds; false when none does. */
  read(frame: Frame): boolean {
    if (this.#keys?.read(frame)) return true;
    this.#keys = undefined;
    if (this.#playback?.read(frame)) return true;
    this.#playback = undefined;
    if (this.#music?.read(frame)) return true;
    this.#music = undefined;
    return false;
  }

  close(): void {
    this.#closed = true;
    this.stopPlay();
    this.unhold();
    this.#keys?.end('stopped');
    this.#keys = undefined;
  }
}
