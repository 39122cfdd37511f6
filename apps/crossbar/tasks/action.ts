// What a task can be told to do: declared once, and served as the help of /v2/tasks.
import type { Permission } from '../../../core/contract/index.ts';
import { type ListReply, piecesOf, type RestRequest } from '../engine/index.ts';

/** A line of a CSV file, by column; what is empty or missing is undefined. */
export type Row = Readonly<Record<string, string | undefined>>;
/** What a line of the output says, by column. */
export type Output = Readonly<Record<string, unknown>>;

interface Declared {
  readonly description: string;
  readonly doc?: string;
  readonly permission: Exclude<Permission, 'public'>;
  /** Columns of the output. */
  readonly output: readonly string[];
}

/** Does the same to each row of a file. Throws what is wrong with a row. */
export interface RowAction extends Declared {
  readonly mandatory: readonly string[];
  readonly optional: readonly string[];
  /** False for one that only looks: it leaves nothing in the audit trail. */
  readonly changes?: boolean;
  row(request: RestRequest, row: Row): Promise<Output>;
}

/** Takes no file and gives rows. It changes nothing, so that another process may begin it again. */
export interface SourceAction extends Declared {
  rows(request: RestRequest): AsyncIterable<Output>;
}

export type Action = RowAction | SourceAction;
/** Actions by category, then by name. */
export type Catalogue = Readonly<Record<string, Readonly<Record<string, Action>>>>;

export const takesRows = (action: Action): action is RowAction => 'row' in action;

export function findAction(catalogue: Catalogue, category: unknown, action: unknown): Action | undefined {
  const actions = own(catalogue, category);
  return actions && own(actions, action);
}

const own = <T>(record: Readonly<Record<string, T>>, key: unknown): T | undefined =>
  typeof key === 'string' && Object.hasOwn(record, key) ? record[key] : undefined;

/** An action as the help of tasks tells it. */
export function helpOf(action: Action): Record<string, unknown> {
  const { description, doc } = action;
  return {
    description,
    ...(doc !== undefined && { doc }),
    ...(takesRows(action) && {
      expected_content: 'text/csv',
      mandatory: action.mandatory,
      optional: action.optional,
    }),
  };
}

/** The rows of a list, read piece by piece. */
export async function* rowsOf(list: ListReply): AsyncGenerator<Output> {
  for await (const { rows } of piecesOf(list)) yield* rows as Output[];
}
