// "Are you still there?": asked of one process by its queue, answered by its bus for every app.
import { type AnyMessage, message } from '../contract/index.ts';
import { hasCode } from '../errors/index.ts';
import type { Bus, Delivery } from './bus.ts';
import type { Json } from './envelope.ts';

const aliveResp = message({
  category: 'bus',
  name: 'alive_resp',
  exchange: 'targeted',
  summary: 'this process hears and speaks',
  fields: {},
});
const aliveReq = message({
  category: 'bus',
  name: 'alive_req',
  exchange: 'targeted',
  summary: 'asks one process, by any queue of its own, whether it lives',
  fields: {},
  answers: [aliveResp],
});

/** How a process was found: it answered, its queue is gone, or nothing came in time. */
export type Sign = 'answered' | 'gone' | 'silent';

/** Asks the process behind a Server-ID for a sign of life. Rejects with `bus_unreachable` and `stopping`. */
export async function askForSign(bus: Bus, serverId: string, timeout: number): Promise<Sign> {
  try {
    await bus.request(aliveReq, {}, { target: serverId, timeout, silence: 'allowed' });
    return 'answered';
  } catch (error) {
    if (hasCode(error, 'nobody_listens')) return 'gone';
    if (hasCode(error, 'request_timeout')) return 'silent';
    throw error;
  }
}

/** True for such a question. */
export const asksForSign = (json: Json): boolean =>
  json['Event-Name'] === 'alive_req' && json['Event-Category'] === 'bus';

/** Answers it. */
export const giveSign = (
  request: Delivery<AnyMessage>,
  reply: (request: Delivery<AnyMessage>, contract: AnyMessage, fields: object) => Promise<void>,
): Promise<void> => reply(request, aliveResp, {});
