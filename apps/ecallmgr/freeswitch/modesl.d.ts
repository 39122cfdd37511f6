// The part of modesl that is used: its framing. The package has no types of its own.
declare module 'modesl' {
  import type { EventEmitter } from 'node:events';

  /** Cuts a stream into frames of headers and body; `frames.ts` says what is replaced on each instance. */
  export class Parser {
    constructor(source: EventEmitter);
    /** Bytes that wait for the rest of their frame. */
    buffer: Buffer;
    _parseHeaderText(text: string): Record<string, unknown>;
    _parseEvent(headers: Record<string, unknown>, body?: string): void;
  }
}
