// What a check of `mirliton doctor` is, and how its findings are made.
import type { Cli } from '../cli.ts';

export interface Finding {
  /** `failed`: calls or changes suffer now. `warning`: they may, or something waits for an operator. */
  readonly state: 'ok' | 'warning' | 'failed';
  /** What was looked at, e.g. `broker amqp://10.0.0.1`. */
  readonly what: string;
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}

export interface Check {
  readonly name: string;
  run(cli: Cli): Promise<readonly Finding[]>;
}

export const ok = (what: string, detail: string): Finding => ({ state: 'ok', what, detail });
export const warning = (what: string, detail: string, advice: string): Finding => ({
  state: 'warning',
  what,
  detail,
  advice,
});
export const failed = (what: string, detail: string, advice: string): Finding => ({
  state: 'failed',
  what,
  detail,
  advice,
});
