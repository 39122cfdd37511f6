// What is logged: the level of the process, and rules for a part or for one call that an operator sets for a while.

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export const logLevels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** A level for a while: of everything, of one part (`callflow` with all below it), or of one call. */
export interface LevelRule {
  readonly level: LogLevel;
  readonly part?: string | undefined;
  readonly callId?: string | undefined;
  /** Epoch ms; none: as long as the process runs. */
  readonly until?: number | undefined;
}

// An operator's typing errors must not cost every log line.
const mostRules = 50;

/** The rule that says most about a record decides: of its call, of its part, of everything; the newest among equals. */
export class Levels {
  #base: LogLevel = 'info';
  #rules: readonly LevelRule[] = [];
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  setBase(level: LogLevel): void {
    this.#base = level;
  }

  /** Adds a rule in place of one for the same part and call. */
  add(rule: LevelRule): void {
    const others = this.rules.filter(({ part, callId }) => part !== rule.part || callId !== rule.callId);
    this.#rules = [rule, ...others].slice(0, mostRules);
  }

  /** Back to the level of the settings. */
  reset(): void {
    this.#rules = [];
  }

  get base(): LogLevel {
    return this.#base;
  }

  /** The rules that hold now, the newest first. */
  get rules(): readonly LevelRule[] {
    return this.#rules.filter(({ until }) => until === undefined || until > this.#now());
  }

  /** Whether a record of this level is written. */
  wants(level: LogLevel, part: string, callId: string | undefined): boolean {
    const wanted = this.#rules.length === 0 ? this.#base : this.#levelOf(part, callId);
    return logLevels.indexOf(level) <= logLevels.indexOf(wanted);
  }

  #levelOf(part: string, callId: string | undefined): LogLevel {
    const rules = this.rules.filter(
      (rule) =>
        (rule.callId === undefined || rule.callId === callId) &&
        (rule.part === undefined || part === rule.part || part.startsWith(`${rule.part}.`)),
    );
    const weight = (rule: LevelRule): number =>
      (rule.callId === undefined ? 0 : 2) + (rule.part === undefined ? 0 : 1);
    const best = [...rules].sort((a, b) => weight(b) - weight(a))[0];
    return best?.level ?? this.#base;
  }
}
