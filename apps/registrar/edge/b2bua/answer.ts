// Answers with whatever status the other side has chosen; drachtio-srf knows the registered ones only.
import type { MessageParts, RawResponse } from '../drachtio.ts';

/** What stands for a status that is not known (RFC 3261 §8.1.3.2), of a class that may have a body of its own. */
const general = [100, 183, 200, 300, 400, 500, 600] as const;

/** Sends an answer. One with a status that drachtio-srf will not send goes out as the general one of its class. */
export function sendAnswer(
  response: RawResponse,
  status: number,
  reason: string,
  parts: MessageParts,
): number {
  try {
    response.send(status, reason, parts);
    return status;
  } catch {
    const known = general[Math.floor(status / 100)] ?? 500;
    response.send(known, reason, parts);
    return known;
  }
}
