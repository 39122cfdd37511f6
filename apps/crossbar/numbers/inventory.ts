// The inventory: numbers that nobody has, searched by prefix and looked up one by one.
import { numberDatabase } from '../../../core/couch/index.ts';
import { callingCode } from '../../../core/telephony/index.ts';
import { invalid, parameter, type RestRequest } from '../engine/index.ts';
import { usableCarriers } from './carriers.ts';
import { findNumber } from './numbers.ts';

/** Most numbers that one request may ask for or touch. */
export const mostNumbers = 500;

/** Digits that a prefix must have, so that it stands in one database. */
const leastDigits = 4;

export interface Search {
  /** `+` and digits. */
  readonly prefix: string;
  readonly quantity: number;
  readonly offset: number;
}

/** What a request searches for. `prefix` is national unless it begins with `+`. Throws `invalid_data`. */
export function searchOf(request: RestRequest): Search {
  const given = String(parameter(request, 'prefix') ?? '').replace(/[\s().-]/g, '');
  const country = String(parameter(request, 'country') ?? 'US').toUpperCase();
  const code = callingCode(country);
  if (code === undefined)
    throw invalid('country', 'enum', 'must be a country of ISO 3166, in two letters', { value: country });
  const prefix = given.startsWith('+') ? given : `+${code}${given}`;
  if (!/^\+\d{2,15}$/.test(prefix) || prefix.length <= leastDigits)
    throw invalid(
      'prefix',
      'pattern',
      `must have at least ${leastDigits} digits with the code of the country`,
      {
        value: given,
      },
    );
  return {
    prefix,
    quantity: counted(request, 'quantity', 1, 1),
    offset: counted(request, 'offset', 0, 0),
  };
}

function counted(
  request: RestRequest,
  name: 'quantity' | 'offset',
  otherwise: number,
  least: number,
): number {
  const value = Number(parameter(request, name) ?? otherwise);
  if (!Number.isInteger(value))
    throw invalid(name, 'type', 'must be an integer', { target: 'integer', value });
  if (value < least) throw invalid(name, 'minimum', `must be at least ${least}`, { target: least, value });
  const most = name === 'quantity' ? mostNumbers : 1_000_000;
  if (value > most) throw invalid(name, 'maximum', `must be at most ${most}`, { target: most, value });
  return value;
}

/** Numbers of the inventory that begin so, by carrier and then by number. */
export async function availableNumbers(
  { services }: RestRequest,
  { prefix, quantity, offset }: Search,
): Promise<{ number: string }[]> {
  const name = numberDatabase(prefix.padEnd(6, '0'));
  if (!(await services.store.exists(name))) return [];
  const found: { number: string }[] = [];
  for (const carrier of usableCarriers) {
    const rows = await services.store.database(name).view('numbers', 'status', {
      startKey: ['available', `knm_${carrier}`, prefix],
      endKey: ['available', `knm_${carrier}`, `${prefix}\ufff0`],
      limit: offset + quantity - found.length,
    });
    found.push(...rows.map(({ id }) => ({ number: id })));
  }
  return found.slice(offset, offset + quantity);
}

/** `success` for a number that can be had, `error` for any other, as carriers answer. */
export async function checkNumbers(
  { services }: RestRequest,
  numbers: readonly string[],
): Promise<Record<string, string>> {
  const status = async (e164: string): Promise<readonly [string, string]> => {
    const found = await findNumber(services, e164);
    return [e164, found?.pvt_state === 'available' ? 'success' : 'error'];
  };
  return Object.fromEntries(await Promise.all(numbers.map(status)));
}
