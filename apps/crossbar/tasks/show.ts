// A task as its owner sees it (contract/crossbar.md §6.5), and its files as downloads.
import { Readable } from 'node:stream';
import type { DocumentOf } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import type { task } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { attachmentReply, disposition, type RawReply, type RestRequest } from '../engine/index.ts';

export type TaskDocument = DocumentOf<typeof task>;

export const inputName = 'in.csv';
const outputName = 'out.csv';

/** The attachment that holds the output from one checkpoint to the next. */
export const pieceName = (n: number): string => `out.${String(n).padStart(6, '0')}.csv`;

/** The files of a task by the names that clients know: the pieces of the output are one. */
export function filesOf(attachments: readonly string[]): string[] {
  return [...new Set(attachments.map((name) => (/^out\.\d+\.csv$/.test(name) ? outputName : name)))];
}

/** `data` of a task. What is not known yet is left out. */
export function shownTask(task: TaskDocument): Record<string, unknown> {
  return {
    _read_only: {
      id: task._id,
      node: task.pvt_worker_node,
      account_id: task.pvt_account_id,
      auth_account_id: task.pvt_auth_account_id,
      category: task.pvt_category,
      action: task.pvt_action,
      file_name: task.file_name,
      created: task.pvt_created,
      start_timestamp: task.pvt_started_at,
      end_timestamp: task.pvt_finished_at,
      total_count: task.pvt_total_rows,
      failure_count: task.pvt_total_rows_failed,
      success_count: task.pvt_total_rows_succeeded,
      status: task.pvt_status,
      error: task.pvt_error,
      csvs: filesOf(Object.keys(task._attachments ?? {})),
    },
  };
}

const fileNameOf = ({ _id, pvt_category, pvt_action }: TaskDocument, which: 'in' | 'out'): string =>
  `${pvt_category}_${pvt_action}_${_id}_${which}.csv`;

/** What the task works through. Rejects with `not_found` when that is nothing. */
export function inputReply(request: RestRequest, tasks: Database, task: TaskDocument): Promise<RawReply> {
  return attachmentReply(request, tasks, task._id, inputName, fileNameOf(task, 'in'));
}

/** What the task has written so far, piece after piece. Rejects with `not_found` while that is nothing. */
export function outputReply(tasks: Database, task: TaskDocument): RawReply {
  const pieces = task.pvt_output_pieces ?? 0;
  if (pieces === 0)
    throw new AppError('not_found', { message: 'the task has no output yet', details: { cause: task._id } });
  return {
    body: Readable.from(outputOf(tasks, task._id, pieces), { objectMode: false }),
    contentType: 'text/csv',
    headers: { 'content-disposition': disposition(fileNameOf(task, 'out')) },
  };
}

async function* outputOf(tasks: Database, id: string, pieces: number): AsyncGenerator<Buffer> {
  for (let n = 1; n <= pieces; n += 1) yield* (await tasks.attachment(id, pieceName(n))).body;
}
