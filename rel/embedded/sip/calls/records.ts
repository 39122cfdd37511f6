// Call detail records (drachtio's `cdr:attempt`, `cdr:start` and `cdr:stop`), for applications that ask for them.

import type { Source } from '../control/application.ts';
import type { Applications } from '../control/applications.ts';
import type { SipMessage } from '../stack/index.ts';

export type Role = 'uac' | 'uas' | 'proxy-uac' | 'proxy-uas';
export type Reason = 'call-rejected' | 'call-canceled' | 'normal-release' | 'system-initiated-termination';

export class Records {
  #applications: Applications;

  constructor(applications: Applications) {
    this.#applications = applications;
  }

  attempt(source: Source, message: SipMessage): void {
    this.#applications.find('cdr:attempt')?.deliverRecord('cdr:attempt', source, undefined, message);
  }

  start(source: Source, message: SipMessage, role: Role): void {
    this.#applications.find('cdr:start')?.deliverRecord('cdr:start', source, role, message);
  }

  stop(source: Source, message: SipMessage, reason: Reason): void {
    this.#applications.find('cdr:stop')?.deliverRecord('cdr:stop', source, reason, message);
  }

  /** The record that a final response to an INVITE gives. */
  final(source: Source, response: SipMessage & { status: number }, role: Role): void {
    if (response.status < 300) this.start(source, response, role);
    else this.stop(source, response, response.status === 487 ? 'call-canceled' : 'call-rejected');
  }
}
