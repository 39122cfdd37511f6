// Small entries in the hash of a switch (mod_hash): what several ecallmgr must agree on lives where the calls live.
import { createHash } from 'node:crypto';
import { hasCode } from '../../../core/errors/index.ts';
import type { SwitchClient } from '../freeswitch/index.ts';

/** What is kept there, by realm: whose each call is, signs of life, who was given up, checkpoints of controllers, ends of legs, what is to be noted of them, who follows an order, where calls on other switches are. */
export const realms = {
  calls: 'mirliton_calls',
  beats: 'mirliton_beats',
  dead: 'mirliton_dead',
  checkpoints: 'mirliton_checkpoints',
  ends: 'mirliton_ends',
  told: 'mirliton_told',
  orders: 'mirliton_orders',
  places: 'mirliton_places',
} as const;

/** Text as a key or a value: both are cut at `/`. */
export const safe = (text: string): string => Buffer.from(text).toString('base64url');

/** A Call-ID as a key: the switch makes the same of it by itself (`md5`), whatever characters it holds. */
export const digest = (text: string): string => createHash('md5').update(text).digest('hex');

/** A key that is kept as it stands there. */
export const asItIs = (key: string): string => key;

/** The value of an entry; undefined when there is none. */
export async function read(
  client: SwitchClient,
  realm: string,
  key: string,
  spell = safe,
): Promise<string | undefined> {
  try {
    const value = await client.api(`hash select/${realm}/${spell(key)}`);
    return value === '' ? undefined : value;
  } catch (error) {
    // FreeSWITCH has no words for an empty answer.
    if (hasCode(error, 'command_failed') && /no reply/.test(error.message)) return undefined;
    throw error;
  }
}

/** Writes an entry. Rejects with `command_failed` when the switch has no mod_hash. */
export async function write(
  client: SwitchClient,
  realm: string,
  key: string,
  value: string,
  spell = safe,
): Promise<void> {
  await client.api(`hash insert/${realm}/${spell(key)}/${value}`);
}

/** Writes an entry that is not there yet; false when it is. Rejects with `command_failed` when the switch has no mod_hash. */
export async function insertIfEmpty(
  client: SwitchClient,
  realm: string,
  key: string,
  value: string,
): Promise<boolean> {
  try {
    await client.api(`hash insert_ifempty/${realm}/${safe(key)}/${value}`);
    return true;
  } catch (error) {
    if (hasCode(error, 'command_failed') && /already exists/.test(error.message)) return false;
    throw error;
  }
}

/** A key as it was before `safe`. */
const plain = (key: string): string => Buffer.from(key, 'base64url').toString();

/** Removes an entry, if there is one. */
export async function remove(client: SwitchClient, realm: string, key: string, spell = safe): Promise<void> {
  try {
    await client.api(`hash delete/${realm}/${spell(key)}`);
  } catch (error) {
    if (!hasCode(error, 'command_failed')) throw error;
  }
}

/** All entries of a realm, by key. A switch that cannot tell them has none. */
export async function entriesOf(
  client: SwitchClient,
  realm: string,
  readKey = plain,
): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  const text = await client.api(`hash_dump db ${realm}`, 20_000).catch((error: unknown) => {
    if (hasCode(error, 'command_failed')) return '';
    throw error;
  });
  const prefix = `D/${realm}_`;
  for (const line of text.split('\n')) {
    const [key = '', ...value] = line.startsWith(prefix) ? line.slice(prefix.length).split('/') : [];
    if (key !== '') entries.set(readKey(key), value.join('/'));
  }
  return entries;
}
