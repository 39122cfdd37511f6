// Requests of the network: to which application each goes, and the applications' responses.

import { randomUUID } from 'node:crypto';
import type { Application } from '../control/application.ts';
import type { Command } from '../control/commands.ts';
import {
  Dialog,
  type Flow,
  isInDialog,
  parseNameAddr,
  reasonOf,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
} from '../stack/index.ts';
import { contactFor, placed, Refused } from './addressing.ts';
import { callId } from './calls.ts';
import type { Call, Context, Pending } from './context.ts';
import { natFlow } from './outbound.ts';

/** Methods that may begin something; a request of another one without its dialog is answered 481. */
const STARTING = new Set([
  'INVITE',
  'REGISTER',
  'MESSAGE',
  'OPTIONS',
  'INFO',
  'NOTIFY',
  'SUBSCRIBE',
  'PUBLISH',
]);

/** Fields of an application's response that the server takes from the request. */
const FROM_REQUEST = ['From', 'To', 'Call-ID', 'CSeq'];

export class Inbound {
  #context: Context;
  #hangUp: (call: Call, text: string) => void;

  constructor(context: Context, hangUp: (call: Call, text: string) => void) {
    this.#context = context;
    this.#hangUp = hangUp;
  }

  /** A request that is not for a proxy: into its dialog, or to the next application that wants its method. */
  receive(request: SipRequest, transaction: ServerTransaction, source: Flow): void {
    const call = isInDialog(request) ? this.#context.calls.findFor(request) : undefined;
    if (call) {
      this.#receiveInDialog(request, transaction, source, call);
      return;
    }
    if (!STARTING.has(request.method) || (request.method === 'INVITE' && isInDialog(request))) {
      transaction.respond(481);
      return;
    }
    if (request.method === 'REGISTER' && !isValidRegister(request)) {
      transaction.respond(400);
      return;
    }
    if (request.method === 'INVITE') transaction.respond(100);
    const application = this.#context.applications.find(request.method);
    if (!application) {
      this.#reject(request, transaction);
      return;
    }
    if (request.method === 'INVITE') this.#context.records.attempt('network', request);
    const pending = this.#hold(transaction, application);
    application.deliver(request, {
      source: 'network',
      peer: source,
      transactionId: pending.id,
      local: source.local,
    });
  }

  /** A response of an application. Throws `Refused`. */
  respond(application: Application, { id, args, sip }: Command): void {
    const pending = this.#context.pending.get(args[0] ?? '');
    if (!pending) throw new Refused('Response not sent due to unknown transaction');
    const { transaction } = pending;
    const match = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(sip.start);
    if (!match) throw new Refused(`invalid status line: ${sip.start}`);
    const response = this.#compose(pending, Number(match[1]), match[2] || reasonOf(Number(match[1])), sip);
    if (!transaction.isOpen) throw new Refused('Response not sent due to unknown transaction');
    this.#formCall(pending, response);
    transaction.answer(response);
    this.#context.registered.learn(transaction, response);
    this.#context.challenged.learn(response);
    if (transaction.isInvite && !isInDialog(transaction.request) && response.status >= 200) {
      this.#context.records.final('application', response, 'uas');
    }
    if (response.status >= 200 && !transaction.isInvite) this.#context.pending.delete(pending.id);
    const dialogId = pending.call?.id ?? '';
    const peer = transaction.flow;
    application.answerSent(id, response, {
      source: 'application',
      peer,
      transactionId: pending.id,
      dialogId,
    });
  }

  /** An application has gone: callers need not wait for it. */
  forget(application: Application): void {
    for (const pending of [...this.#context.pending.values()]) {
      if (pending.application === application && pending.transaction.isOpen) pending.transaction.respond(503);
    }
  }

  #receiveInDialog(request: SipRequest, transaction: ServerTransaction, source: Flow, call: Call): void {
    const refusal = call.dialog.receive(request);
    if (refusal !== undefined) {
      transaction.respond(refusal);
      return;
    }
    if (request.method === 'INVITE') transaction.respond(100);
    if (request.method === 'BYE') {
      this.#context.calls.remove(call);
      this.#context.records.stop('network', request, 'normal-release');
    }
    if (!call.application.connected) {
      transaction.respond(481);
      return;
    }
    const flow = natFlow(call.dialog, source);
    if (flow) call.flow = flow;
    const pending = this.#hold(transaction, call.application, call);
    call.application.deliver(request, {
      source: 'network',
      peer: source,
      transactionId: pending.id,
      dialogId: call.id,
    });
  }

  /** Nobody wants the request: 503, as the real server says. */
  #reject(request: SipRequest, transaction: ServerTransaction): void {
    const response = transaction.makeResponse(503);
    transaction.answer(response);
    if (request.method !== 'INVITE') return;
    this.#context.records.attempt('network', request);
    this.#context.records.stop('application', response, 'call-rejected');
  }

  #hold(transaction: ServerTransaction, application: Application, call?: Call): Pending {
    const pending: Pending = { id: randomUUID(), transaction, application, ...(call && { call }) };
    this.#context.pending.set(pending.id, pending);
    transaction.on('end', () => this.#context.pending.delete(pending.id));
    if (!transaction.isInvite) return pending;
    const peer = transaction.flow;
    transaction.on('cancel', (cancel) => {
      const response = transaction.makeResponse(487);
      transaction.answer(response);
      this.#context.pending.delete(pending.id);
      this.#context.records.stop('network', cancel, 'call-canceled');
      application.deliver(cancel, { source: 'network', peer, transactionId: pending.id });
    });
    transaction.on('ack', (ack) => {
      const dialogId = pending.call?.id;
      if (dialogId === undefined || transaction.lastStatus >= 300) return;
      application.deliver(ack, { source: 'network', peer, transactionId: randomUUID(), dialogId });
    });
    transaction.on('timeout', () => {
      if (pending.call && transaction.lastStatus < 300) this.#hangUp(pending.call, 'ACK timeout');
    });
    return pending;
  }

  #compose(pending: Pending, status: number, reason: string, sip: Command['sip']): SipResponse {
    const { transaction } = pending;
    const { request, flow } = transaction;
    const { stack } = this.#context;
    const local = stack.transport.localFor(flow);
    const headers = local ? placed(sip.headers, local) : sip.headers.clone();
    const wanted = /;\s*tag=([^;\s]+)/.exec(headers.get('to') ?? '')?.[1];
    if (wanted !== undefined && transaction.lastStatus <= 100 && !isInDialog(request))
      transaction.localTag = wanted;
    for (const name of FROM_REQUEST) headers.delete(name);
    if (headers.get('require')?.includes('100rel'))
      throw new Refused('Remote endpoint does not support 100rel');
    if (sip.body.startsWith('v=0') && !headers.has('content-type'))
      headers.set('Content-Type', 'application/sdp');
    const forms = request.method === 'INVITE' || request.method === 'SUBSCRIBE';
    if (forms && status >= 200 && status < 300 && !headers.has('contact')) {
      headers.set('Contact', pending.call?.dialog.contact || contactFor(stack, flow));
    }
    return transaction.makeResponse(status, reason, { headers, body: sip.body });
  }

  /** The dialog that a 2xx to an INVITE or SUBSCRIBE forms. */
  #formCall(pending: Pending, response: SipResponse): void {
    const { transaction, application } = pending;
    const { request, flow } = transaction;
    const forms = request.method === 'INVITE' || request.method === 'SUBSCRIBE';
    if (pending.call || !forms || response.status < 200 || response.status >= 300) return;
    const contact = response.headers.get('contact') ?? '';
    const dialog = Dialog.fromRequest(request, transaction.localTag, contact, 'confirmed');
    const call: Call = { id: callId(dialog.callId, dialog.remoteTag), application, dialog };
    const nat = natFlow(dialog, flow);
    if (nat) call.flow = nat;
    this.#context.calls.add(call);
    pending.call = call;
  }
}

/** A Contact that is no URI, or `*` with an Expires that is not 0, cannot be registered (RFC 3261 §10.3). */
function isValidRegister(request: SipRequest): boolean {
  try {
    const uris = request.headers.getAll('contact').map((contact) => parseNameAddr(contact).uri);
    if (uris.some((uri) => uri !== '*' && !/^[a-z][a-z0-9+.-]*:/i.test(uri))) return false;
    return !uris.includes('*') || (uris.length === 1 && Number(request.headers.get('expires') ?? 0) === 0);
  } catch {
    return false;
  }
}
