// What a call to a number costs by a ratedeck: the rate with the longest prefix, then the greatest weight, then the lowest cost.
import type { DocumentOf } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { rate } from '../../../core/documents/index.ts';
import { typed } from '../engine/index.ts';

export type Rate = DocumentOf<typeof rate>;

export interface Asked {
  /** E.164. */
  readonly number: string;
  readonly direction?: string | undefined;
  readonly callerId?: string | undefined;
}

/** Everything that the digits of a number begin with. */
export function prefixesOf(number: string): number[] {
  const digits = number.replace(/\D/g, '');
  return Array.from(digits, (_, at) => Number(digits.slice(0, at + 1)));
}

/** Rates whose prefix a number begins with. */
export async function ratesFor(deck: Database, number: string): Promise<Rate[]> {
  const keys = prefixesOf(number);
  if (keys.length === 0) return [];
  const rows = await deck.view('rates', 'lookup', { keys, includeDocs: true });
  return rows.flatMap(({ doc }) => typed(rate, doc) ?? []);
}

/** The rate that holds, or undefined. */
export function chooseRate(rates: readonly Rate[], asked: Asked): Rate | undefined {
  return rates.filter((one) => fits(one, asked)).sort(byRank)[0];
}

function fits({ routes = [], direction = [], caller_id_numbers }: Rate, asked: Asked): boolean {
  const routed = routes.length === 0 || routes.some((route) => matches(route, asked.number));
  const directed =
    asked.direction === undefined ||
    direction.length === 0 ||
    direction.some((one) => one === asked.direction);
  const called =
    asked.callerId === undefined ||
    caller_id_numbers === undefined ||
    matches(caller_id_numbers, asked.callerId);
  return routed && directed && called;
}

function matches(pattern: unknown, text: string): boolean {
  try {
    return new RegExp(String(pattern)).test(text);
  } catch {
    return false;
  }
}

const byRank = (a: Rate, b: Rate): number =>
  String(b.prefix).length - String(a.prefix).length ||
  (b.weight ?? 0) - (a.weight ?? 0) ||
  a.rate_cost - b.rate_cost;

/** A rate as an answer about one number, with Kazoo's keys. Costs in the currency of the deck. */
export function rated(found: Rate, number: string, deck: string): Record<string, unknown> {
  const { rate_cost, rate_minimum = 60, rate_increment = 60, rate_surcharge = 0 } = found;
  return {
    'Base-Cost': Math.round((rate_surcharge + (rate_cost * rate_minimum) / 60) * 10_000) / 10_000,
    'E164-Number': number,
    Prefix: String(found.prefix),
    Rate: rate_cost,
    'Rate-Description': found.description,
    'Rate-Increment': rate_increment,
    'Rate-Minimum': rate_minimum,
    'Rate-Name': found.rate_name,
    'Ratedeck-ID': deck,
    Surcharge: rate_surcharge,
  };
}
