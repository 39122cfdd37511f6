// How much all queued messages weigh, and when publishers must wait.

/** Publishers go on when the weight has fallen to this part of the limit. */
const RESUME_PART = 0.8;

export class MemoryGauge {
  readonly limit: number;
  bytes = 0;
  isOver = false;
  /** Called at each crossing of the limit, up or down. */
  onChange: (isOver: boolean) => void = () => {};

  constructor(limit: number) {
    this.limit = limit;
  }

  add(bytes: number): void {
    this.bytes += bytes;
    if (!this.isOver && this.bytes > this.limit) this.#set(true);
  }

  release(bytes: number): void {
    this.bytes -= bytes;
    if (this.isOver && this.bytes <= this.limit * RESUME_PART) this.#set(false);
  }

  #set(isOver: boolean): void {
    this.isOver = isOver;
    this.onChange(isOver);
  }
}
