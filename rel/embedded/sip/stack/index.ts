// A SIP stack (RFC 3261, 3581, 6026, 7118) over UDP, TCP, TLS and WebSocket, for the embedded drachtio-server and the embedded switch.

export { ClientTransaction } from './client-transaction.ts';
export { Dialog, type DialogState, dialogId, dialogIdOf, newRequest } from './dialog.ts';
export {
  type Auth,
  formatNameAddr,
  formatVia,
  type NameAddr,
  parseAuth,
  parseCSeq,
  parseNameAddr,
  parseVia,
  tagOf,
  type Via,
} from './fields.ts';
export {
  type Address,
  type Flow,
  type Log,
  type Protocol,
  remoteOf,
  type Secure,
  SILENT,
  type Target,
} from './flow.ts';
export { Headers, type HeadersInit, type HeaderValue } from './headers.ts';
export { newBranch, newCallId, newTag } from './ids.ts';
export {
  isRequest,
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  serialize,
} from './message.ts';
export { formatHostPort, type Params } from './params.ts';
export { SipParseError } from './parse-error.ts';
export { reasonOf } from './reasons.ts';
export { addressOf, nextHop } from './routing.ts';
export { type ResponseParts, ServerTransaction } from './server-transaction.ts';
export { createSipStack, isInDialog, SipStack, type StackOptions } from './stack.ts';
export { TIMERS, type Timers } from './timers.ts';
export { formatUri, parseUri, type SipUri } from './uri.ts';
