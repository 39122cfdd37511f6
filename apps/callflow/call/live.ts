// A call whose callflow runs here: a controlled call with the account's documents and the flows behind its numbers.
import type { Bus } from '../../../core/amqp/index.ts';
import { ControlledCall } from '../../../core/calls/index.ts';
import type { SystemConfig } from '../../../core/config/index.ts';
import type {
  AnyDocument,
  DocumentOf,
  FlowNode,
  MessageFields,
  MessageOf,
} from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import { offnetReq, type offnetResp } from '../../../core/messages/resource.ts';
import type { Call } from './call.ts';
import type { CallState } from './state.ts';

/** What a LiveCall needs from its surroundings. */
export interface CallSurroundings {
  readonly bus: Bus;
  readonly database: Database;
  readonly config: SystemConfig;
  readonly log: Logger;
  readonly findFlow: Call['findFlow'];
}

// Above any ring timeout plus the longest call that a carrier bills in one piece.
const offnetLimit = 24 * 3600_000;

/** One call. Its actor feeds it events; actions use it through `Call`. */
export class LiveCall extends ControlledCall implements Call {
  readonly state: CallState;
  readonly log: Logger;
  readonly database: Database;
  readonly config: SystemConfig;
  readonly findFlow: (
    number: string,
  ) => Promise<{ readonly flow: FlowNode; readonly noMatch: boolean } | undefined>;
  readonly #carriers: Bus;

  constructor(state: CallState, around: CallSurroundings) {
    super(around.bus, state);
    this.state = state;
    this.log = around.log;
    this.database = around.database;
    this.config = around.config;
    this.findFlow = around.findFlow;
    this.answered = state.answered;
    this.#carriers = around.bus;
  }

  async offnet(
    fields: Omit<MessageFields<typeof offnetReq>, 'Call-ID' | 'Control-Queue'>,
  ): Promise<MessageOf<typeof offnetResp>> {
    if (this.endReason) throw this.endReason;
    const request = { ...fields, 'Call-ID': this.callId, 'Control-Queue': this.controlQueue };
    return this.#carriers.request(offnetReq, request as MessageFields<typeof offnetReq>, {
      timeout: offnetLimit,
    });
  }

  async findDocument<D extends AnyDocument>(contract: D, id: string): Promise<DocumentOf<D> | undefined> {
    const found = await this.database.find(id);
    return found?.pvt_type === contract.type ? (found as DocumentOf<D>) : undefined;
  }
}
