// Rings endpoints without a caller. Whoever answers is parked: what for, the one who asked does with the leg.
import { randomBytes } from 'node:crypto';
import { gregorian } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { controlQueueOf } from '../../../core/messages/dialplan.ts';
import type { BridgeEndpoint } from '../../../core/telephony/endpoint.ts';
import type { Channel } from '../channel.ts';
import { dumpOf } from '../dump.ts';
import { variableList } from '../freeswitch/index.ts';
import type { SwitchNode } from '../switch-node.ts';
import { legMedia } from './media.ts';
import { dialString } from './string.ts';
import type { Fields } from './variables.ts';

export interface Ringing {
  readonly endpoints: readonly BridgeEndpoint[];
  /** `host:port` of the edge. */
  readonly proxy: string;
  /** Default `single`. */
  readonly method?: 'single' | 'simultaneous' | undefined;
  /** Seconds; none or 0 are 60. */
  readonly timeout?: number | undefined;
  readonly accountId: string | undefined;
  readonly fetchId: string;
  /** The id that the leg is to have: of one endpoint only, since several legs cannot have one id. */
  readonly callId: string | undefined;
  /** Fields of the request that belong to each leg. */
  readonly shared: Fields;
}

const ringTimeout = 60;

/** Resolves with the leg that answered. Rejects with `command_failed` (see `causeIn`), `invalid_data` or `call_hung_up`. */
export async function ring(node: SwitchNode, given: Ringing): Promise<Channel> {
  const { endpoints, proxy, method = 'single', accountId, fetchId, callId } = given;
  const timeout = given.timeout || ringTimeout;
  const { media, recordings, log } = node.around;
  const whole = variableList({ originate_timeout: timeout });
  const legs = dialString(endpoints, {
    proxy,
    method,
    legVars: {
      'Account-ID': accountId,
      'Call-Interaction-ID': `${gregorian()}-${randomBytes(4).toString('hex')}`,
      'Ecallmgr-Node': node.node,
      'Fetch-ID': fetchId,
      ...(callId === undefined ? {} : { 'Control-Queue': controlQueueOf(callId) }),
    },
    shared: {
      ...given.shared,
      'Outbound-Call-ID': callId,
    },
    media: await legMedia(given.shared, endpoints, {
      accountId,
      playable: (name) =>
        media.playable(name, { callId: callId ?? fetchId, accountId, recordings: recordings() }),
      log,
    }),
  });
  // What comes after the answer is done from here: nothing of the request becomes part of this command's action.
  const answered = await node.client.api(`originate {${whole}}${legs} &park()`, (timeout + 10) * 1000);
  const dump = await dumpOf(node.client, answered);
  if (!dump) throw new AppError('call_hung_up');
  const channel = node.channels.get(answered) ?? node.meet(dump);
  channel.decide({ 'Fetch-ID': fetchId, 'Control-Queue': controlQueueOf(answered) });
  return channel;
}

/** Why nobody answered, e.g. `USER_BUSY`; undefined when the switch was not even asked. */
export function causeIn(error: unknown): string | undefined {
  if (!(error instanceof AppError) || error.code !== 'command_failed') return undefined;
  return /^-ERR:?\s+([A-Z0-9_]+)/.exec(String(error.details['answer']))?.[1];
}

/** Of the switches that take calls the one with the fewest channels. */
export function leastBusy(nodes: readonly SwitchNode[]): SwitchNode | undefined {
  const ready = nodes.filter(({ client, paused }) => client.connected && !paused);
  return ready.toSorted((a, b) => a.channels.size - b.channels.size)[0];
}
