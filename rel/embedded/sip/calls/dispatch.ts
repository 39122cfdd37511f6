// Joins the SIP stack and the control port: who takes each request, and what each command means.

import type { Application } from '../control/application.ts';
import type { Command } from '../control/commands.ts';
import type { ControlHandlers } from '../control/server.ts';
import {
  type Flow,
  isInDialog,
  type ServerTransaction,
  SipParseError,
  type SipRequest,
} from '../stack/index.ts';
import { Refused } from './addressing.ts';
import type { Context } from './context.ts';
import { Inbound } from './inbound.ts';
import { Outbound } from './outbound.ts';
import { checkDestinations, ProxiedRequest, type ProxyOptions } from './proxy.ts';
import { Routed } from './routed.ts';

/** Attaches the call logic to the stack and gives the handlers of the control port. */
export function dispatch(context: Context): ControlHandlers {
  const outbound = new Outbound(context);
  const inbound = new Inbound(context, (call, text) => outbound.hangUp(call, text));
  const routed = new Routed(context);
  const { stack } = context;
  stack.on('request', (request, transaction, source) =>
    receive(request, transaction, source, inbound, routed),
  );
  stack.on('ack', (ack) => {
    const onward = routed.take(ack);
    if (onward) routed.forwardAck(onward);
  });
  stack.on('strayResponse', (response) => routed.forwardStray(response));

  return {
    sip: (application, command) => guarded(application, command, () => sip(application, command)),
    proxy: (application, command) =>
      guarded(application, command, () => proxy(context, application, command)),
    gone: (application) => {
      inbound.forget(application);
      outbound.forget(application);
      // Its dialogs stay, for whoever comes back to end them; what arrives for them finds nobody until then.
    },
  };

  /** A response, or a request: in a dialog, a CANCEL of a transaction, or a new one. */
  function sip(application: Application, command: Command): void {
    const [transactionId = '', dialogId = ''] = command.args;
    if (command.sip.start.startsWith('SIP/')) inbound.respond(application, command);
    else if (dialogId !== '') outbound.sendInDialog(application, command);
    else if (command.sip.start.startsWith('CANCEL ') && transactionId !== '')
      outbound.cancel(application, command);
    else outbound.send(application, command);
  }

  /** What cannot be done is told to the application that asked for it. */
  function guarded(application: Application, { id }: Command, run: () => void): void {
    try {
      run();
    } catch (error) {
      const known = error instanceof Refused || error instanceof SipParseError || error instanceof TypeError;
      const text = error instanceof Error ? error.message : String(error);
      if (!known)
        context.log.error('sip: fault in a command', { error: error instanceof Error ? error.stack : text });
      application.answer(id, 'NOK', text.replaceAll(/[|\r\n]/g, ' '));
    }
  }
}

function receive(
  request: SipRequest,
  transaction: ServerTransaction,
  source: Flow,
  inbound: Inbound,
  routed: Routed,
): void {
  const onward = isInDialog(request) ? routed.take(request) : undefined;
  if (onward) routed.forward(onward, transaction);
  else inbound.receive(request, transaction, source);
}

/** `proxy|transaction|remainInDialog|fullResponse|followRedirects|simultaneous|provisional|final|destination…` */
function proxy(context: Context, application: Application, { id, args, sip }: Command): void {
  const [
    transactionId = '',
    remain,
    full,
    redirects,
    forking,
    provisional = '',
    final = '',
    ...destinations
  ] = args;
  const pending = context.pending.get(transactionId);
  if (!pending?.transaction.isOpen) throw new Refused(`Unknown transaction id: ${transactionId}`);
  const { transaction } = pending;
  if (Number(transaction.request.headers.get('max-forwards') ?? 70) <= 0) {
    transaction.respond(483);
    throw new Refused('Rejected with 483 Too Many Hops due to Max-Forwards value of 0');
  }
  try {
    checkDestinations(destinations);
  } catch (error) {
    transaction.respond(500);
    throw error;
  }
  context.pending.delete(transactionId);
  sip.headers.delete('content-length');
  const options: ProxyOptions = {
    commandId: id,
    destinations,
    headers: sip.headers,
    recordRoute: remain === 'remainInDialog',
    fullResponse: full === 'fullResponse',
    followRedirects: redirects === 'followRedirects',
    simultaneous: forking === 'simultaneous',
    provisionalTimeout: milliseconds(provisional),
    finalTimeout: milliseconds(final),
  };
  new ProxiedRequest(context, transaction, application, options).start();
}

/** `2s` or `1500ms`; anything else is no limit. */
function milliseconds(text: string): number | undefined {
  const match = /^(\d+)(ms|s)$/.exec(text);
  return match ? Number(match[1]) * (match[2] === 's' ? 1000 : 1) : undefined;
}
