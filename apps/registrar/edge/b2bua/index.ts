// The edge as a back-to-back user agent: a dialog to each side of a call, for what a proxy over drachtio cannot do.
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
import { contactLike, passedFields, withoutTag } from './fields.ts';
import { withoutInside } from './hiding.ts';
import { hangUp, joinDialogs } from './relay.ts';
import { type Pair, referToBeyond, replacesBeyond } from './replaces.ts';
import { type Failure, isFailure, Setup, type SetupOptions } from './setup.ts';
import { sendOn } from './single.ts';

export type { Destination, Failure } from './setup.ts';
export { isStandalone } from './single.ts';

export interface B2buaOptions extends Omit<SetupOptions, 'headers' | 'fields'> {
  /** Set in the INVITE that goes on. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields, in lower case, that do not go on. */
  readonly withheld?: (name: string) => boolean;
}

export interface B2bua {
  /** How many answered calls it stands in. */
  readonly size: number;
  /**
   * Passes an INVITE on in a dialog of its own, any other request on its own. Resolves with the status that the caller got,
   * for an INVITE 200 when both are joined.
   */
  connect(request: RawRequest, response: RawResponse, options: B2buaOptions): Promise<number>;
  /** The server has lost sight of this application: it hands over no more requests of these calls. */
  lose(): void;
  /** Hangs up what `lose` left, which the server still lets an application do. */
  endLost(): void;
  /** Resolves when no call is left. */
  idle(): Promise<void>;
  /** Ends every call: nobody else could carry on with them. */
  stop(): Promise<void>;
}

/**
 * Both sides keep the Call-ID, which is the channel's UUID on the media server; tags, CSeq and Contact are each
 * side's own. `isInner` names fields, in lower case, that stay on the side they came from; `isInside` hosts that are not
 * named outside.
 */
export function createB2bua(
  srf: RawSrf,
  log: Logger,
  { isInner, isInside }: { isInner: (name: string) => boolean; isInside: (host: string) => boolean },
): B2bua {
  const pairs = new Set<Pair>();
  const waiting: (() => void)[] = [];
  let lost: RawDialog[] = [];
  const fields = (message: RawMessage, withheld = (_name: string) => false): Record<string, string> => {
    const kept = passedFields(message, (name) => isInner(name) || withheld(name));
    const passed = withoutInside(kept, message, isInside);
    for (const [name, beyond] of [
      ['replaces', replacesBeyond],
      ['refer-to', referToBeyond],
    ] as const) {
      const value = passed[name];
      if (value !== undefined) passed[name] = beyond(value, pairs);
    }
    return passed;
  };
  const join = (caller: RawDialog, callee: RawDialog): void => {
    const pair = { caller, callee };
    pairs.add(pair);
    const onEnd = (): void => {
      pairs.delete(pair);
      if (pairs.size === 0) for (const resolve of waiting.splice(0)) resolve();
    };
    joinDialogs(caller, callee, { fields, onEnd, log });
  };
  return {
    get size() {
      return pairs.size;
    },
    connect: async (request, response, options) => {
      if (request.method !== 'INVITE') {
        const headers = { ...fields(request, options.withheld), ...ownFields(request), ...options.headers };
        return fail(response, await sendOn(srf, request, options.destinations, headers), fields);
      }
      if (request.headers['contact'] === undefined) return sendAnswer(response, 400, 'Missing Contact', {});
      const headers = { ...fields(request, options.withheld), ...ownFields(request), ...options.headers };
      const setup = new Setup(srf, request, response, { ...options, headers, fields }, log);
      const outcome = await setup.run();
      if (isFailure(outcome)) return setup.isCancelled ? 487 : fail(response, outcome, fields);
      const { res } = outcome;
      const contact = contactLike(res.headers['contact'], request.protocol);
      const caller = await answer(srf, request, response, res.body, { ...fields(res), Contact: contact });
      if (!caller) {
        // The caller gave up while the 200 was on its way.
        await ('queueRequests' in outcome ? hangUp(outcome, log) : outcome.destroy());
        return 487;
      }
      if ('queueRequests' in outcome) join(caller, outcome);
      else await completeOffer(caller, outcome, join, log);
      return 200;
    },
    lose: () => {
      lost.push(...bothOf(pairs));
      pairs.clear();
    },
    endLost: () => {
      if (lost.length > 0)
        log.warn('calls are ended that went on without the edge', { count: lost.length / 2 });
      for (const dialog of lost) void sendBye(srf, dialog, log);
      lost = [];
    },
    idle: () => (pairs.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    stop: async () => {
      const dialogs = bothOf(pairs);
      pairs.clear();
      await Promise.all(dialogs.map((dialog) => sendBye(srf, dialog, log)));
    },
  };
}

const bothOf = (pairs: Iterable<Pair>): RawDialog[] =>
  [...pairs].flatMap(({ caller, callee }) => [caller, callee]);

const stopped = { Reason: 'SIP;cause=503;text="Edge stopped"' };

/** Ends a dialog that nobody listens to any more. Resolves when the BYE is on its way; the server sees to the rest. */
function sendBye(srf: RawSrf, dialog: RawDialog, log: Logger): Promise<void> {
  const options = { method: 'BYE', stackDialogId: dialog.id, headers: stopped };
  srf.removeDialog(dialog);
  return new Promise((resolve) => {
    srf.request('sip:placeholder', options, (error) => {
      if (error) log.debug('a dialog could not be ended', { callId: dialog.sip.callId, error });
      resolve();
    });
  });
}

/** The fields that begin the other dialog. */
function ownFields({ headers }: RawRequest): Record<string, string> {
  const hops = Number(headers['max-forwards'] ?? 70);
  return {
    From: withoutTag(headers['from'] ?? ''),
    To: withoutTag(headers['to'] ?? ''),
    'Call-ID': headers['call-id'] ?? '',
    'Max-Forwards': String(hops - 1),
  };
}

/** Tells the caller how it ended; of a request that is no call also its success. */
function fail(
  response: RawResponse,
  { status, reason, answer: given }: Failure,
  fields: (message: RawMessage) => Record<string, string>,
): number {
  const headers = given ? { ...fields(given), ...contactOf(given) } : {};
  return sendAnswer(response, status, reason, { headers, ...(given?.body ? { body: given.body } : {}) });
}

/** Where a redirection (3xx, 485) points to. */
function contactOf({ status, headers }: RawAnswer): Record<string, string> {
  const contact = headers['contact'];
  return contact !== undefined && ((status >= 300 && status < 400) || status === 485)
    ? { Contact: contact }
    : {};
}

/** Passes the 200 on. Undefined when the caller has given up. */
function answer(
  srf: RawSrf,
  request: RawRequest,
  response: RawResponse,
  body: string | undefined,
  headers: Record<string, string>,
): Promise<RawDialog | undefined> {
  return new Promise((resolve) => {
    srf.createUAS(request, response, { ...(body ? { localSdp: body } : {}), headers }, (_error, caller) => {
      if (caller) caller.queueRequests = true;
      resolve(caller);
    });
  });
}

/** The offer came in the 200: the caller's ACK has the answer to it, and only then is there a dialog to the callee. */
async function completeOffer(
  caller: RawDialog,
  callee: Unacknowledged,
  join: (caller: RawDialog, callee: RawDialog) => void,
  log: Logger,
): Promise<void> {
  const ended = new Promise<undefined>((resolve) => caller.once('destroy', () => resolve(undefined)));
  const acknowledged = new Promise<RawMessage>((resolve) => caller.once('ack', resolve));
  caller.queueRequests = false;
  const ack = await Promise.race([acknowledged, ended]);
  if (!ack) {
    await callee.destroy();
    return;
  }
  const dialog = await callee.ack(ack.body);
  dialog.queueRequests = true;
  if (!caller.connected) await hangUp(dialog, log);
  else join(caller, dialog);
}
