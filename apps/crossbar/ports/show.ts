// A port request as clients see it: with its state, its files, who carries it out, and the comments meant for them.

import { type Comment, visible } from '../comments/comments.ts';
import { publicPart, type RestRequest } from '../engine/index.ts';
import { isAuthority, type PortRequest, stateOf } from './states.ts';

type Json = Record<string, unknown>;

/** What is added to a request when it is read, and dropped when it is sent. */
export const shownOnly = [
  'created',
  'updated',
  'uploads',
  'port_state',
  'sent',
  '_read_only',
  'reason',
  'account_id',
];

export function shownPort(request: RestRequest, document: PortRequest): Json {
  const { comments } = document;
  return {
    ...publicPart(document),
    ...(comments && { comments: visible(comments as Comment[], isAuthority(request, document)) }),
    created: document.pvt_created,
    updated: document.pvt_modified,
    uploads: uploadsOf(document),
    port_state: stateOf(document),
    sent: false,
    _read_only: {
      account_id: document.pvt_account_id,
      account_name: document.pvt_account_name,
      port_authority: document.pvt_port_authority,
      port_authority_name: document.pvt_port_authority_name,
      ...(document.pvt_ported_numbers && { ported_numbers: document.pvt_ported_numbers }),
    },
  };
}

/** Files by name: `{content_type, length}`. */
export function uploadsOf({ _attachments = {} }: PortRequest): Json {
  return Object.fromEntries(
    Object.entries(_attachments).map(([name, { content_type, length }]) => [name, { content_type, length }]),
  );
}

/** What happened and what was said, in order of time. */
export function timelineOf(request: RestRequest, document: PortRequest): readonly Json[] {
  const said = visible((document.comments ?? []) as Comment[], isAuthority(request, document));
  // The newest stands first, and two may have the same second.
  const happened = (document.pvt_transitions ?? []).toReversed() as Json[];
  return [...happened, ...said].sort((a, b) => Number(a['timestamp']) - Number(b['timestamp']));
}
