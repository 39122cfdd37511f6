// What a command writes: tables for people or JSON for scripts on stdout, progress on stderr.

/** Columns of a table: the heading, and the cell of a row. */
export type Columns<T> = Readonly<Record<string, (row: T) => unknown>>;

export interface Output {
  readonly json: boolean;
  /** The result of the command, once: as it is with `--json`, else as the text that `render` makes of it. */
  show(data: unknown, render: () => string): void;
  /** A list of things: as it is with `--json`, else as a table. `none` is said instead of an empty table. */
  table<T>(rows: readonly T[], columns: Columns<T>, none?: string): void;
  /** What was done, for people; a script reads the exit code, or `data` with `--json`. */
  done(line: string, data?: Readonly<Record<string, unknown>>): void;
  /** Progress of long work: a line that is written over on a terminal, else one now and then. */
  progress(done: number, total: number, what: string): void;
}

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Writes to these. */
export function createOutput(json: boolean, out: Sink = process.stdout, err: Sink = process.stderr): Output {
  const show: Output['show'] = (data, render) => {
    const text = json ? JSON.stringify(data, null, 2) : render();
    out.write(`${text}\n`);
  };
  const begun = Date.now();
  let told = begun;
  return {
    json,
    show,
    table: (rows, columns, none = 'nothing') =>
      show(rows, () => (rows.length === 0 ? none : renderTable(rows, columns))),
    done: (line, data = {}) => show({ ...data, message: line }, () => line),
    progress: (done, total, what) => {
      if (err.isTTY) err.write(`\r\u001b[K${done} of ${total} ${what}${done >= total ? '\n' : ''}`);
      // Short work needs no word.
      else if (Date.now() - told > 2_000 || (done >= total && told > begun)) {
        told = Date.now();
        err.write(`${done} of ${total} ${what}\n`);
      }
    },
  };
}

/** A table with aligned columns; numbers to the right. */
export function renderTable<T>(rows: readonly T[], columns: Columns<T>): string {
  const headings = Object.keys(columns);
  const cells = rows.map((row) => Object.values(columns).map((cell) => cellText(cell(row))));
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...cells.map((line) => (line[index] ?? '').length)),
  );
  const numeric = headings.map((_, index) => cells.every((line) => /^-?[\d.]*$/.test(line[index] ?? '')));
  const line = (words: readonly string[]): string =>
    words
      .map((word, index) =>
        numeric[index] ? word.padStart(widths[index] ?? 0) : word.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(headings.map((heading) => heading.toUpperCase())), ...cells.map(line)].join('\n');
}

// A terminal must not be steered by what stands in a document or a SIP header.
function cellText(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/\p{Cc}/gu, ' ');
}

/** Seconds as people say them: `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
