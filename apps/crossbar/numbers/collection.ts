// Many numbers in one request: each for itself, with what succeeded and why the rest did not.
import { type Static, Type } from '../../../core/contract/index.ts';
import { number as contract } from '../../../core/documents/index.ts';
import { type AppError, toAppError } from '../../../core/errors/index.ts';
import { askFirst } from '../billing/guard.ts';
import {
  type DataReply,
  invalid,
  numberError,
  type Operation,
  operation,
  type RestRequest,
} from '../engine/index.ts';
import type { NumberAction } from './actions.ts';
import { mostNumbers } from './inventory.ts';
import { normal } from './numbers.ts';

/** The list of numbers that all such requests have. */
export const numbersBody = Type.Object({
  numbers: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: mostNumbers }),
});

const body = Type.Object({ ...contract.fields, ...numbersBody.properties });

const numberErrors = Type.Record(
  Type.String(),
  Type.Object({
    code: Type.Integer(),
    error: Type.String(),
    cause: Type.Optional(Type.Unknown()),
    message: Type.String(),
  }),
);
const reply = Type.Object({
  success: Type.Record(Type.String(), contract.schema as typeof numbersBody),
  error: Type.Optional(numberErrors),
});

/** The numbers of a list in E.164. Throws `numbers.uniqueItems` for one that is there twice, in whatever form. */
export function distinct(numbers: readonly string[]): readonly string[] {
  const seen = new Set(numbers.map(tolerant));
  if (seen.size === numbers.length) return numbers;
  throw invalid('numbers', 'uniqueItems', 'some numbers appear twice', { value: numbers });
}

function tolerant(number: string): string {
  try {
    return normal(number);
  } catch {
    return number;
  }
}

/** What became of each number. */
interface Outcome {
  readonly success: readonly (readonly [string, unknown])[];
  readonly failed: readonly (readonly [string, AppError])[];
}

async function each(
  request: RestRequest,
  { numbers, ...data }: Static<typeof body>,
  act: NumberAction,
): Promise<Outcome> {
  const success: [string, unknown][] = [];
  const failed: [string, AppError][] = [];
  for (const number of distinct(numbers)) {
    try {
      const e164 = normal(number);
      success.push([e164, await act(request, e164, { ...data })]);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.status >= 500 || error.code === 'accept_charges') throw thrown;
      failed.push([number, error]);
    }
  }
  return { success, failed };
}

/**
 * The operation that does the same to many numbers. As with Kazoo, what failed is told beside what succeeded; only of one
 * number that failed alone the answer is its error. Charges are asked for once, for all and before any is written.
 */
export function many(summary: string, act: NumberAction): Operation {
  const run = async (request: RestRequest<Static<typeof body>>): Promise<DataReply> => {
    await askFirst(request, (dry) => each(dry, request.data, act));
    const { success, failed } = await each(request, request.data, act);
    const [only, ...others] = failed;
    if (only && others.length === 0 && success.length === 0) throw only[1];
    const errors = failed.map(([number, error]) => [number, numberError(error, number)]);
    return {
      data: {
        success: Object.fromEntries(success),
        ...(errors.length > 0 && { error: Object.fromEntries(errors) }),
      },
    };
  };
  return operation('admin', summary, run, { accepts: body, reply });
}
