// Requests inside dialogs of others that this server stays in by Record-Route: passed on by their Routes (RFC 3261 §16.4).

import { parseNameAddr, type ServerTransaction, type SipRequest, type SipResponse } from '../stack/index.ts';
import { stripRoutes, targetOf } from './addressing.ts';
import type { Context } from './context.ts';
import { countHop, onward } from './proxy.ts';

export class Routed {
  #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** A copy without our Routes, or undefined when the request did not come by one of them. */
  take(request: SipRequest): SipRequest | undefined {
    const copy = { ...request, headers: request.headers.clone() };
    this.#context.challenged.consume(copy.headers);
    return stripRoutes(this.#context.stack, copy) ? copy : undefined;
  }

  /** Passes a request on and its responses back. */
  forward(request: SipRequest, upstream: ServerTransaction): void {
    const { stack, records } = this.#context;
    if (Number(request.headers.get('max-forwards') ?? 70) <= 0) {
      upstream.respond(483);
      return;
    }
    countHop(request);
    const client = stack.request(request, { target: this.#next(request) });
    client.on('response', (response, flow) => {
      if (flow) upstream.forward(onward(response));
      else upstream.respond(response.status);
    });
    client.on('retransmission', (response) => upstream.forward(onward(response)));
    upstream.on('cancel', () => client.cancel());
    if (request.method !== 'BYE') return;
    records.stop('network', upstream.request, 'normal-release');
    records.stop('application', client.request, 'normal-release');
  }

  /** Passes an ACK on, which has no answer. */
  forwardAck(ack: SipRequest): void {
    if (Number(ack.headers.get('max-forwards') ?? 70) <= 0) return;
    countHop(ack);
    this.#context.stack.sendAck(ack, { target: this.#next(ack) });
  }

  /** A 2xx after its transaction has ended still belongs to the caller. */
  forwardStray(response: SipResponse): void {
    if (response.headers.getAll('via').length > 1) this.#context.stack.forwardStray(onward(response));
  }

  #next(request: SipRequest): ReturnType<typeof targetOf> {
    const route = request.headers.get('route');
    return targetOf(this.#context, route === undefined ? request.uri : parseNameAddr(route).uri);
  }
}
