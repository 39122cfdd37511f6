// Database names (contract/couch.md §1): an account id split 2/2/28, monthly databases, numbers by prefix.
import { AppError } from '../errors/index.ts';

const accountId = /^[0-9a-f]{32}$/;

/** Raw name of an account's database: `account/ab/cd/…`. Accepts the raw id and both database forms. */
export function accountDatabase(account: string): string {
  const id = accountIdOf(account);
  return `account/${id.slice(0, 2)}/${id.slice(2, 4)}/${id.slice(4)}`;
}

/** The 32 hex id behind a raw id, `account/ab/cd/…` or `account%2Fab%2Fcd%2F…` (with or without a month, or that of its selectors). Throws `bad_identifier`. */
export function accountIdOf(name: string): string {
  if (accountId.test(name)) return name;
  const plain = name
    .replaceAll(/%2f/gi, '/')
    .replace(/^account\//, '')
    .replaceAll('/', '')
    .replace(/-(\d{4,6}|selectors)$/, '');
  if (!accountId.test(plain))
    throw new AppError('bad_identifier', { message: `not an account id: ${name}`, details: { cause: name } });
  return plain;
}

/** Raw name of the account's database of the month that holds `at` (UTC). */
export function monthDatabase(account: string, at: Date): string {
  return `${accountDatabase(account)}-${monthOf(at)}`;
}

/** Raw name of the database of an account's resource selectors. */
export function selectorsDatabase(account: string): string {
  return `${accountDatabase(account)}-selectors`;
}

/** `YYYYMM` in UTC. */
export function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7).replace('-', '');
}

/** Raw name of the database that holds an E.164 number: `numbers/+1415` for `+14155550100`. */
export function numberDatabase(e164: string): string {
  if (!/^\+\d{5,15}$/.test(e164))
    throw new AppError('bad_identifier', { message: `not an E.164 number: ${e164}` });
  return `numbers/${e164.slice(0, 5)}`;
}

/** A raw name as it stands in documents and URLs: `account%2Fab%2Fcd%2F…`. */
export function encodedName(name: string): string {
  return encodeURIComponent(name);
}

const gregorianOffset = 62_167_219_200;

/** Gregorian seconds (year 0), as all pvt_ times are, from a Date. */
export function gregorian(at: Date = new Date()): number {
  return Math.floor(at.getTime() / 1000) + gregorianOffset;
}

/** The Date of a time in Gregorian seconds. */
export function fromGregorian(seconds: number): Date {
  return new Date((seconds - gregorianOffset) * 1000);
}

/**
 * The raw name behind any form of a database name: the encoded form is decoded, a 32 hex account id (with or without
 * a month) becomes `account/ab/cd/…`.
 */
export function rawName(name: string): string {
  const plain = /%[0-9a-f]{2}/i.test(name) ? decodeURIComponent(name) : name;
  const [, id, rest] = /^([0-9a-f]{32})(-.+)?$/.exec(plain) ?? [];
  return id === undefined ? plain : accountDatabase(id) + (rest ?? '');
}

/** True for the database of one month of an account, which is made when it is first written to. */
export function isMonthDatabase(name: string): boolean {
  return /^account\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{28}-\d{6}$/.test(name);
}

/**
 * Raw name of the account's database that holds the document `id`: the month's for ids like `202611-…`,
 * else the account's own.
 */
export function databaseOfId(account: string, id: string): string {
  const [, month] = /^(\d{4}(?:0[1-9]|1[0-2]))-./.exec(id) ?? [];
  return month === undefined ? accountDatabase(account) : `${accountDatabase(account)}-${month}`;
}

/** The class of a database, from its name: `account`, `modb`, `numbers`, `ratedeck`, or the name itself. */
export function databaseClassOf(name: string): string {
  if (isMonthDatabase(name)) return 'modb';
  if (name.startsWith('account/') && name.endsWith('-selectors')) return 'resource_selectors';
  return /^(account|numbers|ratedeck)(?=[/-]|$)/.exec(name)?.[1] ?? name;
}
