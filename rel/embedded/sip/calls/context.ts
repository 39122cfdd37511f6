// What the parts of the call logic share.

import type { Application } from '../control/application.ts';
import type { Applications } from '../control/applications.ts';
import type { Dialog, Flow, Log, ServerTransaction, SipStack, Target } from '../stack/index.ts';
import type { Calls } from './calls.ts';
import type { Challenged } from './credentials.ts';
import type { Records } from './records.ts';
import type { Registered } from './registered.ts';

export interface Context {
  stack: SipStack;
  applications: Applications;
  calls: Calls;
  registered: Registered;
  challenged: Challenged;
  records: Records;
  /** Requests of the network that an application has not finally answered, by transaction id. */
  pending: Map<string, Pending>;
  log: Log;
}

/** A request of the network in the hands of an application. */
export interface Pending {
  id: string;
  transaction: ServerTransaction;
  application: Application;
  /** The dialog that the request belongs to or, for an answered INVITE, has formed. */
  call?: Call;
}

/** A dialog whose end on this side an application is. */
export interface Call {
  /** `<Call-ID>;from-tag=<the caller's tag>`, as drachtio-srf expects. */
  id: string;
  application: Application;
  dialog: Dialog;
  /** Requests go by this flow when the peer cannot be reached by its Contact: TCP, or behind a NAT. */
  flow?: Flow;
  /** Acknowledges the last 2xx to an INVITE that was sent in this dialog. */
  acknowledge?: (body: string, contentType: string | undefined) => { target: Target };
  /** The application gave the INVITE up while the 2xx was on its way: hang up after the ACK. */
  abandoned?: boolean;
}
