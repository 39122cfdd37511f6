// How a call through the edge begins: an INVITE to one or several addresses, the first that answers wins (RFC 3261 §16.7).
import type { Logger } from '../../../../core/log/index.ts';
import type {
  RawAnswer,
  RawDialog,
  RawMessage,
  RawRequest,
  RawResponse,
  RawSrf,
  Unacknowledged,
} from '../drachtio.ts';
import { sendAnswer } from './answer.ts';
import { contactLike } from './fields.ts';
import { hangUp } from './relay.ts';

/** A failure that ended an attempt. */
export interface Failure {
  readonly status: number;
  readonly reason: string;
  /** The answer, when it was one from the network. */
  readonly answer?: RawAnswer;
}

/** Who is called, and where that is when the URI does not say so. */
export interface Destination {
  readonly uri: string;
  readonly route?: string;
  /** Set in the INVITE to this one alone. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SetupOptions {
  readonly destinations: readonly Destination[];
  /** Fields of the INVITE. */
  readonly headers: Readonly<Record<string, string>>;
  /** The fields that an answer takes along. */
  readonly fields: (message: RawMessage) => Record<string, string>;
  /** Where to try next after a failure; undefined or nothing ends the search. */
  readonly next?: (failure: Failure) => Promise<readonly Destination[] | undefined>;
  /** Milliseconds without any answer after which `isLost` is asked whether it is to be given up. */
  readonly silence?: number;
  readonly isLost?: () => Promise<boolean>;
}

/** One INVITE under way. */
interface Leg {
  readonly destination: Destination;
  sent?: RawRequest;
  timer?: NodeJS.Timeout;
  /** Any answer came. */
  heard: boolean;
  /** Nobody waits for it any more; `because` goes into its CANCEL. */
  because?: Record<string, string>;
  settle(outcome: Callee | Failure): void;
}

type Callee = RawDialog | Unacknowledged;

/** What callers are told last when several addresses fail: the lower the better. */
const rank = ({ status }: Failure): number =>
  status >= 600 ? 0 : status === 408 || status === 503 ? 3 : status < 500 ? 1 : 2;

/** Why the others are given up when one has answered (RFC 3326): a phone then shows no missed call. */
const elsewhere = { Reason: 'SIP;cause=200;text="Call completed elsewhere"' };

const gone: Failure = { status: 487, reason: 'Request Terminated' };

export class Setup {
  readonly #srf: RawSrf;
  readonly #request: RawRequest;
  readonly #response: RawResponse;
  readonly #options: SetupOptions;
  readonly #log: Logger;
  readonly #legs = new Set<Leg>();
  #cancelled = false;

  constructor(srf: RawSrf, request: RawRequest, response: RawResponse, options: SetupOptions, log: Logger) {
    this.#srf = srf;
    this.#request = request;
    this.#response = response;
    this.#options = options;
    this.#log = log;
    request.on('cancel', (cancel: RawMessage) => {
      // The server itself answers the INVITE with 487.
      this.#cancelled = true;
      this.#giveUp(reasonOf(cancel));
    });
  }

  /** True after the caller has given up. */
  get isCancelled(): boolean {
    return this.#cancelled;
  }

  /** Resolves with the callee that answered, or with the failure to be told to the caller. */
  async run(): Promise<Callee | Failure> {
    let destinations: readonly Destination[] = this.#options.destinations;
    for (;;) {
      const outcome = await this.#ringAll(destinations);
      if (!isFailure(outcome) || this.isCancelled) return outcome;
      const next = await this.#options.next?.(outcome);
      if (this.isCancelled || !next || next.length === 0) return outcome;
      destinations = next;
    }
  }

  #ringAll(destinations: readonly Destination[]): Promise<Callee | Failure> {
    return new Promise((resolve) => {
      const failures: Failure[] = [];
      const settle = (leg: Leg, outcome: Callee | Failure): void => {
        clearTimeout(leg.timer);
        const waited = this.#legs.delete(leg);
        if (!isFailure(outcome)) {
          if (waited && !leg.because) {
            resolve(outcome);
            this.#giveUp(elsewhere);
            return;
          }
          // Its 200 crossed our CANCEL.
          void this.#end(outcome);
        }
        if (!waited) return;
        const failure = isFailure(outcome) ? outcome : gone;
        failures.push(failure);
        if (failure.status >= 600) this.#giveUp({});
        if (failures.length === destinations.length)
          resolve(failures.sort((a, b) => rank(a) - rank(b))[0] ?? failure);
      };
      const legs = destinations.map((destination) => {
        const leg: Leg = { destination, heard: false, settle: (outcome) => settle(leg, outcome) };
        this.#legs.add(leg);
        return leg;
      });
      for (const leg of legs) this.#ring(leg);
    });
  }

  #ring(leg: Leg): void {
    const { uri, route, headers } = leg.destination;
    const { body } = this.#request;
    const contact = contactLike(this.#request.headers['contact'], transportOf(route ?? uri));
    const options = {
      headers: { ...this.#options.headers, ...headers, Contact: contact },
      ...(body ? { localSdp: body } : {}),
      noAck: true,
      ...(route === undefined ? {} : { proxy: route }),
    };
    const cbRequest = (_error: unknown, sent?: RawRequest): void => {
      if (!sent) return;
      leg.sent = sent;
      if (leg.because) this.#cancel(leg);
      else this.#watch(leg);
    };
    const cbProvisional = (answer: RawAnswer): void => {
      leg.heard = true;
      if (!leg.because && answer.status > 100) this.#progress(answer);
    };
    this.#srf.createUAC(uri, options, { cbRequest, cbProvisional }, (error, callee) => {
      if (callee && 'queueRequests' in callee) callee.queueRequests = true;
      leg.settle(callee ?? failureOf(error));
    });
  }

  /** Nobody tells the application of a 100: a silent destination is asked by other means whether it lives. */
  #watch(leg: Leg): void {
    const { silence, isLost } = this.#options;
    if (silence === undefined || !isLost) return;
    const { destination } = leg;
    leg.timer = setTimeout(() => {
      if (leg.heard) return;
      isLost().then(
        (lost) => {
          if (!lost || leg.heard || leg.because || !this.#legs.has(leg)) return;
          this.#log.warn('a destination that gives no sign of life is given up', { destination });
          leg.because = {};
          this.#cancel(leg);
          leg.settle({ status: 408, reason: 'Request Timeout' });
        },
        (error: unknown) =>
          this.#log.error('a silent destination could not be asked', { destination, error }),
      );
    }, silence);
  }

  #progress(answer: RawAnswer): void {
    const { status, reason, body } = answer;
    const protocol = this.#request.protocol;
    const contact = contactLike(answer.headers['contact'], protocol);
    const headers = { ...this.#options.fields(answer), Contact: contact };
    sendAnswer(this.#response, status, reason, { headers, ...(body ? { body } : {}) });
  }

  #giveUp(because: Record<string, string>): void {
    for (const leg of this.#legs) {
      if (leg.because) continue;
      leg.because = because;
      this.#cancel(leg);
    }
  }

  /** Without `sent` it is not on its way yet, and is cancelled as soon as it is. */
  #cancel({ sent, timer, because = {} }: Leg): void {
    clearTimeout(timer);
    sent?.cancel({ headers: because }, (error) => {
      if (error) this.#log.debug('an INVITE could not be cancelled', { error });
    });
  }

  async #end(callee: Callee): Promise<void> {
    if ('queueRequests' in callee) await hangUp(callee, this.#log);
    else await callee.destroy();
  }
}

export function isFailure(outcome: Callee | Failure): outcome is Failure {
  return 'status' in outcome;
}

/** drachtio-srf gives the answer along; anything else is a fault of the server or of the address. */
function failureOf(error: unknown): Failure {
  const { status, reason, res } = error as { status?: number; reason?: string; res?: RawAnswer };
  if (status === undefined) return { status: 503, reason: 'Service Unavailable' };
  return { status, reason: reason ?? '', ...(res ? { answer: res } : {}) };
}

function reasonOf({ headers }: RawMessage): Record<string, string> {
  const reason = headers['reason'];
  return reason === undefined ? {} : { Reason: reason };
}

function transportOf(uri: string): string {
  return /;transport=(\w+)/i.exec(uri)?.[1]?.toLowerCase() ?? 'udp';
}
