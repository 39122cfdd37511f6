// Dialogs: the state that the two ends of a call or subscription share (RFC 3261 §12).

import { parseCSeq, parseNameAddr, tagOf } from './fields.ts';
import { Headers, type HeadersInit } from './headers.ts';
import { newCallId, newTag } from './ids.ts';
import { NO_BODY, type SipRequest, type SipResponse } from './message.ts';
import { parseUri } from './uri.ts';

export type DialogState = 'early' | 'confirmed' | 'terminated';

interface DialogInit {
  state: DialogState;
  callId: string;
  localTag: string;
  remoteTag: string;
  /** From or To of this end, with its tag, as it stands in requests we send. */
  local: string;
  remote: string;
  localSequence: number;
  remoteSequence: number | undefined;
  remoteTarget: string;
  routeSet: string[];
  contact: string;
}

/** One end of a dialog. It keeps the state and builds requests; sending them is the user's. */
export class Dialog {
  state: DialogState;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly local: string;
  readonly remote: string;
  localSequence: number;
  remoteSequence: number | undefined;
  /** Where requests are addressed to: the peer's Contact. */
  remoteTarget: string;
  routeSet: string[];
  /** Our own Contact value, with its angle brackets. */
  contact: string;

  private constructor(init: DialogInit) {
    this.state = init.state;
    this.callId = init.callId;
    this.localTag = init.localTag;
    this.remoteTag = init.remoteTag;
    this.local = init.local;
    this.remote = init.remote;
    this.localSequence = init.localSequence;
    this.remoteSequence = init.remoteSequence;
    this.remoteTarget = init.remoteTarget;
    this.routeSet = init.routeSet;
    this.contact = init.contact;
  }

  /** The caller's end, from the request that was sent and a 101-299 response with a To tag (§12.1.2). */
  static fromResponse(request: SipRequest, response: SipResponse): Dialog {
    const local = request.headers.get('from') ?? '';
    const remote = response.headers.get('to') ?? '';
    return new Dialog({
      state: response.status < 200 ? 'early' : 'confirmed',
      callId: request.headers.get('call-id') ?? '',
      localTag: tagOf(local) ?? '',
      remoteTag: tagOf(remote) ?? '',
      local,
      remote,
      localSequence: parseCSeq(request.headers.get('cseq') ?? '').number,
      remoteSequence: undefined,
      remoteTarget: contactUri(response.headers) ?? request.uri,
      routeSet: response.headers.getAll('record-route').reverse(),
      contact: request.headers.get('contact') ?? '',
    });
  }

  /** The callee's end, from the request that came; `localTag` is the tag its responses carry (§12.1.1). */
  static fromRequest(
    request: SipRequest,
    localTag: string,
    contact: string,
    state: DialogState = 'early',
  ): Dialog {
    const remote = request.headers.get('from') ?? '';
    const to = request.headers.get('to') ?? '';
    return new Dialog({
      state,
      callId: request.headers.get('call-id') ?? '',
      localTag,
      remoteTag: tagOf(remote) ?? '',
      local: tagOf(to) === undefined ? `${to};tag=${localTag}` : to,
      remote,
      localSequence: 0,
      remoteSequence: parseCSeq(request.headers.get('cseq') ?? '').number,
      remoteTarget: contactUri(request.headers) ?? parseNameAddr(remote).uri,
      routeSet: request.headers.getAll('record-route'),
      contact,
    });
  }

  /** Call-ID, local and remote tag: the key of this end. */
  get id(): string {
    return dialogId(this.callId, this.localTag, this.remoteTag);
  }

  /** The next request of this dialog (§12.2.1.1): re-INVITE, BYE, INFO, … Not for ACK and CANCEL. */
  request(
    method: string,
    { headers, body }: { headers?: HeadersInit; body?: Buffer | string } = {},
  ): SipRequest {
    this.localSequence += 1;
    return this.#build(method, this.localSequence, headers, body);
  }

  /** The ACK of a 2xx; `sequence` is the CSeq number of the INVITE it answers (§13.2.2.4). */
  ack(
    sequence: number,
    { headers, body }: { headers?: HeadersInit; body?: Buffer | string } = {},
  ): SipRequest {
    return this.#build('ACK', sequence, headers, body);
  }

  /**
   * Takes a request of the peer into account (§12.2.2). Returns 500 when it is out of order and must be refused with
   * that status, else undefined.
   */
  receive(request: SipRequest): 500 | undefined {
    const { number } = parseCSeq(request.headers.get('cseq') ?? '');
    if (request.method !== 'ACK') {
      if (this.remoteSequence !== undefined && number <= this.remoteSequence) return 500;
      this.remoteSequence = number;
    }
    if (isTargetRefresh(request.method)) this.remoteTarget = contactUri(request.headers) ?? this.remoteTarget;
    if (request.method === 'BYE') this.state = 'terminated';
    return undefined;
  }

  /**
   * Takes a response to a request of ours into account: the answer that confirms the dialog, a new remote target,
   * 408 and 481, which end it (§12.2.1.2).
   */
  update(request: SipRequest, response: SipResponse): void {
    const { status, headers } = response;
    const success = status >= 200 && status < 300;
    if (status === 408 || status === 481 || (request.method === 'BYE' && status >= 200))
      this.state = 'terminated';
    if (!success || !isTargetRefresh(request.method)) return;
    this.remoteTarget = contactUri(headers) ?? this.remoteTarget;
    if (this.state !== 'early' || request.method !== 'INVITE') return;
    this.state = 'confirmed';
    // §13.2.2.4: the 2xx says the route set anew.
    this.routeSet = headers.getAll('record-route').reverse();
  }

  #build(
    method: string,
    sequence: number,
    extra: HeadersInit = [],
    body: Buffer | string = NO_BODY,
  ): SipRequest {
    const headers = new Headers();
    const uri = this.#route(headers);
    headers
      .add('Max-Forwards', 70)
      .add('From', this.local)
      .add('To', this.remote)
      .add('Call-ID', this.callId);
    headers.add('CSeq', `${sequence} ${method}`);
    if (this.contact !== '' && method !== 'BYE' && method !== 'ACK') headers.add('Contact', this.contact);
    headers.merge(extra);
    return { method, uri, headers, body: typeof body === 'string' ? Buffer.from(body) : body };
  }

  /** A strict router of RFC 2543 wants its own URI as Request-URI and the target as the last Route. */
  #route(headers: Headers): string {
    const [first, ...rest] = this.routeSet;
    if (first === undefined) return this.remoteTarget;
    const { uri } = parseNameAddr(first);
    if (parseUri(uri).params.has('lr')) {
      headers.add('Route', this.routeSet);
      return this.remoteTarget;
    }
    headers.add('Route', [...rest, `<${this.remoteTarget}>`]);
    return uri;
  }
}

/** The key of a dialog's end: for a request that came, the To tag is the local one. */
export function dialogId(callId: string, localTag: string, remoteTag: string): string {
  return `${callId};${localTag};${remoteTag}`;
}

/** The key of the dialog that a request from the peer belongs to. */
export function dialogIdOf(request: SipRequest): string {
  const { headers } = request;
  return dialogId(
    headers.get('call-id') ?? '',
    tagOf(headers.get('to')) ?? '',
    tagOf(headers.get('from')) ?? '',
  );
}

/** A request outside any dialog, with new From tag and Call-ID (§8.1.1). `from` and `to` are URIs or addresses. */
export function newRequest(
  method: string,
  uri: string,
  options: { from: string; to?: string; contact?: string; headers?: HeadersInit; body?: Buffer | string },
): SipRequest {
  const { from, to = uri, contact, headers: extra = [], body = NO_BODY } = options;
  const address = (value: string): string => (value.includes('<') ? value : `<${value}>`);
  const headers = new Headers();
  headers
    .add('Max-Forwards', 70)
    .add('From', `${address(from)};tag=${newTag()}`)
    .add('To', address(to));
  headers.add('Call-ID', newCallId()).add('CSeq', `1 ${method}`);
  if (contact !== undefined) headers.add('Contact', address(contact));
  headers.merge(extra);
  return { method, uri, headers, body: typeof body === 'string' ? Buffer.from(body) : body };
}

function contactUri(headers: Headers): string | undefined {
  const contact = headers.get('contact');
  return contact === undefined ? undefined : parseNameAddr(contact).uri;
}

function isTargetRefresh(method: string): boolean {
  return method === 'INVITE' || method === 'UPDATE' || method === 'SUBSCRIBE' || method === 'NOTIFY';
}
