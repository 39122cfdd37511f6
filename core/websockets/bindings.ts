// What a websocket may subscribe to (contract/crossbar.md §10). `*` stands for any.

/** Events of a leg or of a parked call. */
export const callBindings = [
  'CHANNEL_CREATE',
  'CHANNEL_ANSWER',
  'CHANNEL_DESTROY',
  'CHANNEL_HOLD',
  'CHANNEL_UNHOLD',
  'CHANNEL_BRIDGE',
  'PARK_PARKED',
  'PARK_RETRIEVED',
  'PARK_ABANDONED',
] as const;

export const objectActions = ['doc_created', 'doc_edited', 'doc_deleted'] as const;

export const presenceKinds = ['dialog', 'mwi_updates', 'update'] as const;

/** By family, with names in braces for what a client fills in. */
export const availableBindings: Readonly<Record<string, readonly string[]>> = {
  call: callBindings.map((event) => `call.${event}.{CALL_ID}`),
  conference: ['conference.command.{CONFERENCE_ID}', 'conference.event.{CONFERENCE_ID}.{CALL_ID}'],
  fax: ['fax.status.{FAX_ID}', ...objectActions.map((action) => `fax.object.${action}`)],
  object: objectActions.map((action) => `object.${action}.{TYPE}`),
  presence: presenceKinds.map((kind) => `presence.${kind}.{PRESENCE_ID}`),
};
