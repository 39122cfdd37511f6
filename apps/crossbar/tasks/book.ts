// What a running task has done since its last checkpoint, and the checkpoint: counts and output in one write.
import { type Database, gregorian } from '../../../core/couch/index.ts';
import { csvLines } from '../engine/csv.ts';
import type { Output } from './action.ts';
import { noteTask } from './claim.ts';
import { pieceName, type TaskDocument } from './show.ts';

/** How long, and how much, a checkpoint is put off: what a takeover does again at most. */
const checkpointMs = 1_000;
const mostRows = 500;
const mostCharacters = 262_144;

export interface Book {
  /** Rows that are done, those of earlier workers included. */
  done(): number;
  isDue(): boolean;
  add(columns: readonly string[], output: Output, failed: boolean): void;
  /** Writes what was added. Undefined when somebody else has the task now: then nothing was written. */
  note(change?: (task: TaskDocument) => object, release?: boolean): Promise<TaskDocument | undefined>;
  /** Writes the end of the task: how it went, and the header when there was no row. */
  finish(columns: readonly string[]): Promise<void>;
}

/** The book of a task as it was claimed; `afresh` leaves out what an earlier worker wrote. */
export function openBook(tasks: Database, task: TaskDocument, claim: string, afresh: boolean): Book {
  let succeeded = afresh ? 0 : (task.pvt_total_rows_succeeded ?? 0);
  let failed = afresh ? 0 : (task.pvt_total_rows_failed ?? 0);
  let pieces = afresh ? 0 : (task.pvt_output_pieces ?? 0);
  let text = '';
  let rows = 0;
  let last = Date.now();

  const note: Book['note'] = async (change = () => ({}), release = false) => {
    const count = text === '' ? pieces : pieces + 1;
    const piece = text === '' ? {} : { [pieceName(count)]: { content_type: 'text/csv', data: base64(text) } };
    const noted = await noteTask(
      tasks,
      task._id,
      claim,
      (current) => ({
        pvt_total_rows_succeeded: succeeded,
        pvt_total_rows_failed: failed,
        pvt_output_pieces: count,
        _attachments: { ...current._attachments, ...piece },
        ...change(current),
      }),
      { release },
    );
    [pieces, text, rows, last] = [count, '', 0, Date.now()];
    return noted;
  };
  return {
    note,
    done: () => succeeded + failed,
    isDue: () => Date.now() - last >= checkpointMs || rows >= mostRows || text.length >= mostCharacters,
    add: (columns, output, isFailed) => {
      text += csvLines(columns, [output], pieces === 0 && text === '');
      rows += 1;
      if (isFailed) failed += 1;
      else succeeded += 1;
    },
    finish: async (columns) => {
      if (pieces === 0 && text === '') text = csvLines(columns, [], true);
      const pvt_status = failed === 0 ? 'success' : succeeded === 0 ? 'failure' : 'partial';
      await note(
        ({ pvt_total_rows }) => ({
          pvt_status,
          pvt_finished_at: gregorian(),
          pvt_total_rows: pvt_total_rows ?? succeeded + failed,
        }),
        true,
      );
    },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
