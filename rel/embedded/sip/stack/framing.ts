// Cuts a TCP stream into SIP messages by Content-Length, and finds keepalives (RFC 3261 §18.3, RFC 5626 §3.5.1).

import { endOfHead, LIMITS } from './message.ts';
import { SipParseError } from './parse-error.ts';

const EMPTY = Buffer.alloc(0);

/** Collects one connection's bytes. */
export class StreamFramer {
  #pending: Buffer = EMPTY;
  /** Bytes that a whole message needs, once its headers are known; saves looking at them again for each chunk. */
  #needed = 0;

  /** Bytes of a message that is not complete yet. */
  get pending(): number {
    return this.#pending.length;
  }

  /**
   * Takes a chunk and gives the messages it completes, and how many double-CRLF pings it held.
   * Throws `SipParseError` when the stream cannot be followed any more: the connection must be closed.
   */
  push(chunk: Buffer): { messages: Buffer[]; pings: number } {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const messages: Buffer[] = [];
    let pings = 0;
    for (;;) {
      if (this.#needed === 0) pings += this.#skipEmptyLines();
      const message = this.#take();
      if (!message) return { messages, pings };
      messages.push(message);
    }
  }

  #skipEmptyLines(): number {
    let at = 0;
    while (this.#pending[at] === 0x0d && this.#pending[at + 1] === 0x0a) at += 2;
    this.#pending = this.#pending.subarray(at);
    return at >> 2;
  }

  #take(): Buffer | undefined {
    if (this.#needed === 0) {
      const end = endOfHead(this.#pending, 0);
      if ((end?.head ?? this.#pending.length) > LIMITS.head) {
        throw new SipParseError('headers', `over ${LIMITS.head} bytes`, 513);
      }
      if (!end) return undefined;
      this.#needed = end.body + contentLength(this.#pending.toString('latin1', 0, end.head));
    }
    if (this.#pending.length < this.#needed) return undefined;
    const message = this.#pending.subarray(0, this.#needed);
    this.#pending = this.#pending.subarray(this.#needed);
    this.#needed = 0;
    return message;
  }
}

function contentLength(head: string): number {
  const value = /^(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*)/im.exec(head)?.[1]?.trim() ?? '0';
  const length = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  // Without a length nobody can say where the next message begins.
  if (Number.isNaN(length))
    throw new SipParseError('Content-Length', `is not a length: ${value.slice(0, 40)}`);
  if (length > LIMITS.body) throw new SipParseError('body', `${length} bytes, over ${LIMITS.body}`, 513);
  return length;
}
