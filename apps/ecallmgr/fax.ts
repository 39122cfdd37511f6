// Faxes of a leg, for which the switch needs mod_spandsp: where their files are, and what is told of them.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { AppError } from '../../core/errors/index.ts';
import type { SwitchClient, SwitchEvent } from './freeswitch/index.ts';
import { recordingPath } from './media.ts';
import { orAbsent } from './variables.ts';

/** The file of the fax that a call receives; whoever asks later comes to the same one. */
export function faxPath(folder: string, callId: string, name: string | undefined): string {
  const own = `fax-${createHash('sha256').update(callId).digest('hex').slice(0, 32)}.tiff`;
  return recordingPath(folder, name === undefined ? own : basename(name));
}

/** Rejects with `command_failed` when the switch knows no faxes: an application it does not know would end the call. */
export async function needFaxes(client: SwitchClient): Promise<void> {
  const has = await client.api('module_exists mod_spandsp').catch(() => 'false');
  if (has.trim() !== 'true')
    throw new AppError('command_failed', { message: 'the switch knows no faxes: it has no mod_spandsp' });
}

const flags: Readonly<Record<string, boolean>> = { '1': true, on: true, true: true, '0': false, off: false };
const flagged = new Set(['Fax-Success', 'Fax-ECM-Used']);
const names: Readonly<Record<string, string>> = { Ecm: 'ECM', Id: 'ID', Document: '' };

/** `fax_document_total_pages` as Kazoo has it: `Fax-Total-Pages`. */
const nameOf = (name: string): string =>
  name
    .split(/[-_]/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .map((part) => names[part] ?? part)
    .filter(Boolean)
    .join('-');

const fieldsUnder = (event: SwitchEvent, prefix: string): Record<string, unknown> | undefined => {
  const fields = Object.entries(event).flatMap(([header, value]): [string, unknown][] => {
    if (!header.startsWith(prefix) || value === undefined) return [];
    const name = nameOf(header.replace('variable_', ''));
    return [[name, flagged.has(name) ? (flags[value] ?? false) : value]];
  });
  return orAbsent(Object.fromEntries(fields));
};

/** What an event about a fax says: `Application-Data` of CHANNEL_FAX_STATUS. */
export const faxStatus = (event: SwitchEvent): Record<string, unknown> | undefined =>
  fieldsUnder(event, 'fax-');

/** How the fax of a leg went; undefined when it had none. */
export const faxInfo = (event: SwitchEvent): Record<string, unknown> | undefined =>
  event['variable_fax_success'] === undefined ? undefined : fieldsUnder(event, 'variable_fax_');
