// The dialogs that applications hold.

import { dialogIdOf, type SipRequest } from '../stack/index.ts';
import type { Call } from './context.ts';

/** The id by which drachtio-srf knows a dialog. */
export function callId(id: string, callerTag: string): string {
  return `${id};from-tag=${callerTag}`;
}

export class Calls {
  #byId = new Map<string, Call>();
  #byDialog = new Map<string, Call>();

  get size(): number {
    return this.#byId.size;
  }

  add(call: Call): void {
    this.#byId.set(call.id, call);
    this.#byDialog.set(call.dialog.id, call);
  }

  find(id: string): Call | undefined {
    return this.#byId.get(id);
  }

  /** The dialog that a request of the peer belongs to. */
  findFor(request: SipRequest): Call | undefined {
    return this.#byDialog.get(dialogIdOf(request));
  }

  remove(call: Call): void {
    if (this.#byId.get(call.id) === call) this.#byId.delete(call.id);
    this.#byDialog.delete(call.dialog.id);
  }
}
