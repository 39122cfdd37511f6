// The unit of audio inside the switch: 20 ms of 16-bit mono at 8 kHz, and the sums done on it.
import type { Frame } from './contract.ts';

export const RATE = 8000;
export const FRAME_MS = 20;
export const FRAME_SAMPLES = 160;

export const newFrame = (): Frame => new Int16Array(FRAME_SAMPLES);
/** Shared by everybody: never write into it. */
export const SILENCE: Frame = newFrame();

/** Keeps a sum of samples within 16 bits. */
export const saturate = (value: number): number => Math.max(-32768, Math.min(32767, value));

/** Adds `other` into `frame`. */
export function mixInto(frame: Frame, other: Frame): void {
  for (let i = 0; i < frame.length; i++) frame[i] = saturate((frame[i] ?? 0) + (other[i] ?? 0));
}

/** Multiplies every sample by `gain`. */
export function amplify(frame: Frame, gain: number): void {
  if (gain === 1) return;
  for (let i = 0; i < frame.length; i++) frame[i] = saturate(Math.round((frame[i] ?? 0) * gain));
}

/** Mean absolute sample, the measure FreeSWITCH's silence thresholds and energy levels are given in. */
export function energyOf(frame: Frame): number {
  let sum = 0;
  for (let i = 0; i < frame.length; i++) sum += Math.abs(frame[i] ?? 0);
  return sum / frame.length;
}

/** Gain of FreeSWITCH's volume steps, 3 dB each, -4 to 4. */
export const gainOf = (step: number): number => 10 ** ((Math.max(-4, Math.min(4, step)) * 3) / 20);
