// A CDR report as the document that is stored: snake case, in the month in which the leg ended (contract/couch.md §3).
import type { MessageOf } from '../../core/contract/index.ts';
import { fromGregorian, gregorian, monthOf, type StoredDocument } from '../../core/couch/index.ts';
import type { cdrReport } from '../../core/messages/cdr.ts';
import { snakeCase } from '../../core/messages/snake-case.ts';

export type CdrReport = MessageOf<typeof cdrReport>;

// What belongs to the message and not to the call.
const envelope = new Set([
  'Event-Category',
  'Event-Name',
  'Server-ID',
  'Msg-ID',
  'System-Log-ID',
  'Account-ID',
]);

/** The document of a report; its id is made of month and call id, so that a second report of the same leg finds the first. */
export function cdrDocument(report: CdrReport): StoredDocument {
  const timestamp = report.Timestamp ?? gregorian();
  const fields = Object.fromEntries(Object.entries(report).filter(([key]) => !envelope.has(key)));
  return {
    ...(snakeCase(fields) as Record<string, unknown>),
    ...interaction(report),
    _id: cdrId(report),
    pvt_type: 'cdr',
    ...(report['Account-ID'] === 'anonymous' ? {} : { pvt_account_id: report['Account-ID'] }),
    pvt_created: timestamp,
    timestamp,
  };
}

/** `YYYYMM-<call id>`. */
export function cdrId(report: CdrReport): string {
  return `${monthOf(fromGregorian(report.Timestamp ?? gregorian()))}-${report['Call-ID']}`;
}

/** Call-Interaction-ID is `<Gregorian seconds>-<key>`: all legs of one conversation share it. */
function interaction(report: CdrReport): Record<string, unknown> {
  const id = report['Interaction-ID'] ?? report['Custom-Channel-Vars']?.['Call-Interaction-ID'];
  const [, time, key] = /^(\d+)-(.+)$/.exec(typeof id === 'string' ? id : '') ?? [];
  if (time === undefined) return {};
  return { interaction_id: id, interaction_time: Number(time), interaction_key: key };
}
