// Requests inside the two dialogs of a call: what arrives in one goes out in the other, and so does the answer.
import type { Logger } from '../../../../core/log/index.ts';
import type { Acknowledge, RawAnswer, RawDialog, RawMessage, RawRequest, RawResponse } from '../drachtio.ts';
import { sendAnswer } from './answer.ts';

/** Events of drachtio-srf for requests that the application answers; `modify` is a re-INVITE. */
const requests = [
  'modify',
  'update',
  'info',
  'refer',
  'notify',
  'message',
  'options',
  'publish',
  'subscribe',
];

export interface RelayOptions {
  /** The fields that a message takes along. */
  readonly fields: (message: RawMessage) => Record<string, string>;
  /** The call is over: one side has hung up. */
  readonly onEnd: () => void;
  readonly log: Logger;
}

/** Joins two dialogs until either ends. Both may have been queueing requests; they are let go. */
export function joinDialogs(caller: RawDialog, callee: RawDialog, options: RelayOptions): void {
  relay(caller, callee, options);
  relay(callee, caller, options);
  caller.queueRequests = false;
  callee.queueRequests = false;
}

/** Ends a dialog with BYE, if it is not over yet. Never rejects. */
export async function hangUp(
  dialog: RawDialog,
  log: Logger,
  headers: Record<string, string> = {},
): Promise<void> {
  if (!dialog.connected) return;
  await dialog.destroy({ headers }).catch((error: unknown) => {
    log.debug('a dialog could not be ended', { callId: dialog.sip.callId, error });
  });
}

function relay(from: RawDialog, to: RawDialog, options: RelayOptions): void {
  for (const event of requests)
    from.on(event, (request: RawRequest, response: RawResponse) =>
      pass(request, response, from, to, options),
    );
  from.once('destroy', (bye: RawRequest) => {
    options.onEnd();
    void hangUp(to, options.log, options.fields(bye));
  });
}

function pass(
  request: RawRequest,
  response: RawResponse,
  from: RawDialog,
  to: RawDialog,
  { fields, log }: RelayOptions,
): void {
  const { method, body } = request;
  const parts = { method, headers: fields(request), ...(body ? { body } : {}), noAck: true };
  const answered = (error: unknown, answer?: RawAnswer, acknowledge?: Acknowledge): void => {
    if (error || !answer) {
      log.debug('a request could not be passed on inside a dialog', { method, callId: to.sip.callId, error });
      response.send(481);
      return;
    }
    if (answer.status < 200) return;
    // A re-INVITE without an offer: the 2xx brings one, and the ACK the answer to it.
    if (acknowledge) from.once('ack', (ack: RawRequest) => acknowledge(bodyOf(ack)));
    sendAnswer(response, answer.status, answer.reason, { headers: fields(answer), ...bodyOf(answer) });
  };
  try {
    to.request(parts, answered);
  } catch (error) {
    answered(error);
  }
}

function bodyOf({ body }: RawMessage): { body?: string } {
  return body ? { body } : {};
}
