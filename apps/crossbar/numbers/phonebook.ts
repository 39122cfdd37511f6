// The phonebook: a service beside the cluster that knows places and carriers by number and prefixes by city. There may be none.
import { isRecord } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { Services } from '../engine/index.ts';

const patienceMs = 10_000;

/** Prefixes of a city. Rejects with `not_implemented` where there is no phonebook, `bad_gateway` when it fails. */
export async function prefixesOf({ systemConfig }: Services, city: string): Promise<unknown> {
  const url = await configured(systemConfig.get('crossbar.phone_numbers', 'phonebook_url', ''));
  const country = await systemConfig.get('number_manager', 'default_country', 'US');
  return ask(`${url}/${encodeURIComponent(country)}/city?pattern=${encodeURIComponent(city)}`);
}

/** Places of numbers, by number: `{status, locality, province, country…}`. Rejects as `prefixesOf`. */
export async function localitiesOf({ systemConfig }: Services, numbers: readonly string[]): Promise<unknown> {
  const url = await configured(systemConfig.get('number_manager', 'locality_url', ''));
  return ask(`${url}/locality/metadata`, telling(numbers));
}

/** Who has numbers now and who could take them, `{numbers: {<number>: {losing_carrier: {name}, carriers: [{name, portability}]}}}`. Rejects as `prefixesOf`. */
export async function carriersOf({ systemConfig }: Services, numbers: readonly string[]): Promise<unknown> {
  const url = await configured(systemConfig.get('crossbar.phonebook', 'phonebook_url', ''));
  return ask(`${url}/lnp/lookup`, telling({ numbers }));
}

const telling = (data: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ data }),
});

async function configured(setting: Promise<string>): Promise<string> {
  const url = (await setting).replace(/\/+$/, '');
  if (url === '') throw new AppError('not_implemented', { message: 'no phonebook is configured' });
  return url;
}

async function ask(url: string, request: RequestInit = {}): Promise<unknown> {
  let answer: unknown;
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(patienceMs) });
    answer = response.ok ? await response.json() : undefined;
  } catch (cause) {
    throw new AppError('bad_gateway', { message: 'the phonebook does not answer', cause });
  }
  if (isRecord(answer) && answer['data'] !== undefined) return answer['data'];
  throw new AppError('bad_gateway', { message: 'the phonebook did not answer as it should' });
}
