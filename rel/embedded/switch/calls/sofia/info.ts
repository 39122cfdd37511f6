// Digits in the body of a SIP INFO: `application/dtmf-relay` and `application/dtmf`.

import type { SipRequest } from '../../../sip/stack/index.ts';

const DEFAULT_MS = 100;
const MAX_MS = 8000;

/** Nothing for any other INFO; `application/dtmf` may hold several digits. */
export function readInfoDigits(request: SipRequest): { digit: string; ms: number }[] {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  const text = request.body.toString();
  if (type === 'application/dtmf-relay') {
    const signal = /^\s*signal\s*=\s*(\S+)/im.exec(text)?.[1]?.toUpperCase();
    const duration = Number(/^\s*duration\s*=\s*(\d+)/im.exec(text)?.[1] ?? DEFAULT_MS);
    const digit = signal === '10' ? '*' : signal === '11' ? '#' : signal;
    return digit && /^[0-9*#A-D]$/.test(digit)
      ? [{ digit, ms: Math.min(duration || DEFAULT_MS, MAX_MS) }]
      : [];
  }
  if (type === 'application/dtmf') {
    return [...text.toUpperCase()]
      .filter((char) => /[0-9*#A-D]/.test(char))
      .map((digit) => ({ digit, ms: DEFAULT_MS }));
  }
  return [];
}
