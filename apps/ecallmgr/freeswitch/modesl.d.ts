// The parts of modesl that are used: its framing, and its client in the bench. The package has no types of its own.
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

  /** A whole client: only the bench uses it, to have ours measured beside it. */
  export class Connection extends EventEmitter {
    constructor(host: string, port: number, password: string, onReady: () => void);
    events(format: 'json' | 'plain', names: readonly string[]): void;
    send(command: string): void;
    disconnect(): void;
  }
}
