// One proxied request: its branches, simultaneous or one after another, and the best response (RFC 3261 §16).

import type { Application } from '../control/application.ts';
import {
  addressOf,
  type ClientTransaction,
  type Flow,
  type Headers,
  parseNameAddr,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type Target,
} from '../stack/index.ts';
import { isLocal, stripRoutes, targetOf } from './addressing.ts';
import type { Context } from './context.ts';

/** A branch that has rung for so long is given up, in milliseconds (timer C, §16.6 and §16.8). */
const TIMER_C = 185_000;

export interface ProxyOptions {
  /** The application's message, which each answer of the proxy carries. */
  commandId: string;
  destinations: string[];
  /** Added to the forwarded request. */
  headers: Headers;
  recordRoute: boolean;
  fullResponse: boolean;
  followRedirects: boolean;
  simultaneous: boolean;
  /** Milliseconds without any response, and without a final one, after which the next destination is tried. */
  provisionalTimeout: number | undefined;
  finalTimeout: number | undefined;
}

interface Branch {
  destination: string;
  transaction?: ClientTransaction;
  /** The final response, or one made here when there was none. */
  final?: SipResponse;
  stopTimers: () => void;
}

export class ProxiedRequest {
  #context: Context;
  #upstream: ServerTransaction;
  #application: Application;
  #options: ProxyOptions;
  #branches: Branch[];
  /** Whether a better response is still looked for. */
  #searching = true;
  #reported = false;

  constructor(
    context: Context,
    upstream: ServerTransaction,
    application: Application,
    options: ProxyOptions,
  ) {
    this.#context = context;
    this.#upstream = upstream;
    this.#application = application;
    this.#options = options;
    this.#branches = options.destinations.map(newBranch);
    upstream.removeAllListeners('cancel');
    upstream.on('cancel', () => this.#cancelled());
  }

  /** Forwards to the first destination, or to all. */
  start(): void {
    this.#startNext();
    this.#conclude();
  }

  #startNext(): void {
    for (const branch of this.#branches) {
      if (!this.#searching) return;
      if (branch.transaction || branch.final) continue;
      this.#launch(branch);
      if (branch.transaction && !this.#options.simultaneous) return;
    }
  }

  #launch(branch: Branch): void {
    const { stack, records, log } = this.#context;
    try {
      const target = targetOf(this.#context, branch.destination);
      const transaction = stack.request(this.#forwarded(branch.destination, target), { target });
      branch.transaction = transaction;
      if (transaction.isInvite) records.attempt('application', transaction.request);
      this.#watch(branch, transaction);
    } catch (error) {
      log.warn('sip: proxy cannot reach a destination', {
        destination: branch.destination,
        error: error instanceof Error ? error.message : String(error),
      });
      branch.final = this.#upstream.makeResponse(503);
    }
  }

  #watch(branch: Branch, transaction: ClientTransaction): void {
    const { provisionalTimeout, finalTimeout } = this.#options;
    const { after } = this.#context.stack.timers;
    const stops: (() => void)[] = [];
    const giveUp = (ms: number | undefined): (() => void) => {
      const stop = ms === undefined ? () => undefined : after(ms, () => this.#abandon(branch, transaction));
      stops.push(stop);
      return stop;
    };
    const stopProvisional = giveUp(transaction.isInvite ? provisionalTimeout : undefined);
    let stopC = giveUp(transaction.isInvite ? TIMER_C : undefined);
    giveUp(finalTimeout);
    branch.stopTimers = () => {
      for (const stop of stops) stop();
    };
    transaction.on('response', (response, flow) => {
      stopProvisional();
      if (response.status >= 200) this.#finished(branch, response, flow);
      if (response.status <= 100 || response.status >= 200) return;
      stopC();
      stopC = giveUp(TIMER_C);
      if (this.#searching) this.#upstream.forward(onward(response));
    });
    transaction.on('retransmission', (response) => this.#upstream.forward(onward(response)));
  }

  /** No answer in time: cancelled, and the next one is tried. */
  #abandon(branch: Branch, transaction: ClientTransaction): void {
    transaction.cancel();
    branch.stopTimers();
    branch.final ??= this.#upstream.makeResponse(408);
    this.#startNext();
    this.#conclude();
  }

  #finished(branch: Branch, response: SipResponse, flow?: Flow): void {
    branch.stopTimers();
    const late = branch.final !== undefined;
    branch.final = flow ? onward(response) : this.#upstream.makeResponse(response.status);
    if (flow) this.#report(response, flow);
    if (flow && this.#upstream.isInvite) this.#context.records.final('network', response, 'proxy-uac');
    if (response.status < 300) {
      this.#succeeded(branch.final);
      return;
    }
    if (this.#options.followRedirects && response.status < 400) this.#addContacts(branch, response);
    if (response.status >= 600) this.#stopSearching();
    if (!late) this.#startNext();
    this.#conclude();
  }

  #succeeded(response: SipResponse): void {
    if (this.#searching) {
      this.#stopSearching();
      this.#upstream.forward(response);
      if (this.#upstream.isInvite) this.#context.records.final('application', response, 'proxy-uas');
    } else this.#upstream.forward(response);
    this.#done();
  }

  #addContacts(branch: Branch, response: SipResponse): void {
    const uris = response.headers.getAll('contact').map((contact) => parseNameAddr(contact).uri);
    const known = new Set(this.#branches.map(({ destination }) => destination));
    const fresh = uris.filter((uri) => !known.has(uri)).map(newBranch);
    this.#branches.splice(this.#branches.indexOf(branch) + 1, 0, ...fresh);
  }

  /** When every branch has ended, the best response goes back (§16.7, step 6). */
  #conclude(): void {
    if (this.#branches.some(({ transaction, final }) => transaction && !final)) return;
    if (this.#upstream.isOpen) {
      this.#searching = false;
      const finals = this.#branches.flatMap(({ final }) => final ?? []);
      const best =
        finals.sort((a, b) => rank(a.status) - rank(b.status))[0] ?? this.#upstream.makeResponse(408);
      this.#upstream.forward(best);
      if (this.#upstream.isInvite) this.#context.records.final('application', best, 'proxy-uas');
    }
    this.#done();
  }

  /** The caller gave up: 487 at once, and CANCEL to every branch that is under way. */
  #cancelled(): void {
    const response = this.#upstream.makeResponse(487);
    this.#upstream.answer(response);
    this.#context.records.stop('network', response, 'call-canceled');
    this.#stopSearching();
    this.#conclude();
  }

  #stopSearching(): void {
    this.#searching = false;
    for (const { transaction, final } of this.#branches) if (!final) transaction?.cancel();
  }

  #report(response: SipResponse, flow: Flow): void {
    if (this.#options.fullResponse && !this.#reported) {
      this.#application.answerProgress(this.#options.commandId, response, flow);
    }
  }

  #done(): void {
    if (this.#reported) return;
    this.#reported = true;
    this.#application.answer(this.#options.commandId, 'OK', 'done');
  }

  #forwarded(destination: string, target: Target): SipRequest {
    const { stack, challenged } = this.#context;
    const { request, flow } = this.#upstream;
    const copy = { ...request, headers: request.headers.clone() };
    challenged.consume(copy.headers);
    stripRoutes(stack, copy);
    if (isLocal(stack, copy.uri)) copy.uri = destination;
    copy.headers.merge(this.#options.headers);
    countHop(copy);
    if (!this.#options.recordRoute) return copy;
    const name = request.method === 'REGISTER' ? 'Path' : 'Record-Route';
    // Where the transport or the address family changes, each side gets the address it can reach (RFC 5658 §4).
    const [here, there] = [stack.uriFor(flow), stack.uriFor(target)];
    if (here !== there) copy.headers.prepend(name, `<${here};lr>`);
    copy.headers.prepend(name, `<${there};lr>`);
    if (name === 'Path') copy.headers.add('Require', 'path');
    return copy;
  }
}

/** Takes one off Max-Forwards. */
export function countHop(request: SipRequest): void {
  request.headers.set('Max-Forwards', Number(request.headers.get('max-forwards') ?? 71) - 1);
}

/** A response without our Via, as it goes upstream. */
export function onward(response: SipResponse): SipResponse {
  const copy = { ...response, headers: response.headers.clone() };
  copy.headers.shift('Via');
  return copy;
}

function newBranch(destination: string): Branch {
  return { destination, stopTimers: () => undefined };
}

/** The lower the better: 6xx, then what asks the caller for something, 4xx, 5xx, 3xx. A timeout is the last resort. */
function rank(status: number): number {
  if (status >= 600) return 0;
  if ([401, 407, 415, 420, 484].includes(status)) return 1;
  if (status === 408) return 5;
  if (status >= 400) return status < 500 ? 2 : 3;
  return 4;
}

/** Throws `SipParseError` for a destination that says no address. */
export function checkDestinations(destinations: readonly string[]): void {
  for (const destination of destinations) addressOf(destination);
}
