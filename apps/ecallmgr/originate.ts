// Calls without a caller: rings endpoints and does something with the one that answers (contract/kapi.md, kapi_resource).
import { randomBytes, randomUUID } from 'node:crypto';
import type { Delivery, Subscription } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import { isRecord, type MessageOf } from '../../core/contract/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { controlQueueOf, originateExecute, originateReady } from '../../core/messages/dialplan.ts';
import { originateError, originateReq, originateResp, originateUuid } from '../../core/messages/resource.ts';
import type { Channel } from './channel.ts';
import { causeIn, leastBusy, ring } from './dial/ring.ts';
import { needFaxes } from './fax.ts';
import { harmless, uuid } from './freeswitch/index.ts';
import { bridgeRoutes } from './routing/routes.ts';
import type { SwitchNode } from './switch-node.ts';
import { sendOn } from './transfer.ts';

type Request = MessageOf<typeof originateReq>;

// Who asked to be asked before the ringing has this long to say go.
const executeTimeout = 30_000;
const fetchTimeout = 60_000;

/** Serves originate requests; any one instance takes each. */
export async function serveOriginates(
  context: AppContext,
  nodes: readonly SwitchNode[],
  proxy: () => string,
): Promise<Subscription[]> {
  const { bus } = context;
  const waiting = new Map<string, () => void>();
  const executes = await bus.consume(
    { addressed: true, bindings: [], contracts: [originateExecute] },
    ({ message }) => waiting.get(message['Call-ID'])?.(),
  );
  const goAhead = (callId: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = (settle: () => void) => (): void => {
        clearTimeout(timer);
        waiting.delete(callId);
        settle();
      };
      const late = new AppError('timeout', { message: 'no originate_execute came in time' });
      const timer = setTimeout(
        done(() => reject(late)),
        executeTimeout,
      );
      waiting.set(callId, done(resolve));
    });
  const requests = await bus.consume(
    {
      queue: 'ecallmgr_fs_resource',
      bindings: [{ exchange: 'callmgr', key: 'originate.resource.req' }],
      contracts: [originateReq],
    },
    async (request) => {
      try {
        const callId = await originate(context, choose(nodes, request.message), request, proxy(), {
          goAhead,
          serverId: executes.queue,
        });
        if (asksForAnswer(request))
          await bus.reply(request, originateResp, {
            'Call-ID': callId,
            'Channel-Call-State': 'ANSWERED',
            'Application-Response': 'SUCCESS',
          });
      } catch (error) {
        context.log.warn('an originate failed', { reason: errorText(error) });
        if (asksForAnswer(request))
          await bus.reply(request, originateError, {
            'Error-Message': causeIn(error) ?? errorText(error),
            Request: { ...request.message },
          });
      }
    },
  );
  return [executes, requests];
}

/** Who only wants to have a call made gives no Server-ID. */
const asksForAnswer = ({ replyTo, message }: Delivery<typeof originateReq>): boolean =>
  Boolean(replyTo ?? message['Server-ID']);

interface Handshake {
  goAhead(callId: string): Promise<void>;
  readonly serverId: string;
}

/** Resolves with the id of the leg that answered and does what was asked. */
async function originate(
  { bus }: AppContext,
  node: SwitchNode,
  request: Delivery<typeof originateReq>,
  proxy: string,
  { goAhead, serverId }: Handshake,
): Promise<string> {
  const { message } = request;
  const wanted = uuid(message['Outbound-Call-ID'] ?? randomUUID());
  // Several legs cannot have one id: then it is known only when one has answered.
  const fixed = message.Endpoints.length === 1;
  if (fixed && asksForAnswer(request)) {
    const ids = { 'Outbound-Call-ID': wanted, 'Outbound-Call-Control-Queue': controlQueueOf(wanted) };
    await bus.reply(request, originateUuid, ids);
  }
  if (message['Originate-Immediate'] === false) {
    const queue = controlQueueOf(wanted);
    const asker = message['Server-ID'];
    if (asker === undefined)
      throw new AppError('invalid_message', {
        message: 'Originate-Immediate false needs a Server-ID to ask',
      });
    const ready = { 'Call-ID': wanted, 'Control-Queue': queue };
    await bus.send(asker, originateReady, ready, { messageId: message['Msg-ID'] ?? wanted, serverId });
    await goAhead(wanted);
  }
  const fetchId = randomBytes(16).toString('hex');
  // Whoever takes a fax is not kept waiting for it.
  const document = message['Application-Name'] === 'fax' ? await fetchFax(node, message) : undefined;
  const channel = await ring(node, {
    endpoints: message.Endpoints,
    proxy,
    method: message['Dial-Endpoint-Method'],
    timeout: message.Timeout,
    accountId: message['Account-ID'],
    fetchId,
    callId: fixed ? wanted : undefined,
    shared: message,
  });
  if (document === undefined) await act(node, channel, message, fetchId);
  else await node.client.execute(channel.callId, 'txfax', document, randomUUID());
  return channel.callId;
}

/** Does what the originate is for with the leg that answered. */
async function act(node: SwitchNode, channel: Channel, message: Request, fetchId: string): Promise<void> {
  const data = isRecord(message['Application-Data']) ? message['Application-Data'] : {};
  const { callId } = channel;
  switch (message['Application-Name']) {
    case 'park':
      if (message['Start-Control-Process'] !== false) await node.control(channel, fetchId).ready();
      return;
    case 'bridge': {
      const existing = message['Existing-Call-ID'] ?? data['Existing-Call-ID'];
      if (typeof existing === 'string')
        await node.client.api(`uuid_bridge ${uuid(existing)} ${uuid(callId)}`);
      else if (data['Invite-Format'] !== undefined) bridgeRoutes(node.control(channel, fetchId), [data]);
      else await sendTo(node, channel, data['Route']);
      return;
    }
    case 'transfer':
      await sendTo(node, channel, data['Route']);
      return;
    case 'eavesdrop': {
      const { 'Eavesdrop-Group-ID': group, 'Eavesdrop-Call-ID': one = '' } = message;
      // Who may be listened to bears the group's name.
      if (group !== undefined) await node.client.setVariables(callId, { eavesdrop_require_group: group });
      const target = group === undefined ? uuid(one) : 'all';
      // Key 2 speaks to the one who is listened to, 3 to both.
      const key = { whisper: '2', full: '3' }[message['Eavesdrop-Mode'] ?? ''];
      if (key !== undefined)
        await node.client.execute(callId, 'queue_dtmf', `w${key}@500`, `quiet:${fetchId}`);
      await node.client.execute(callId, 'eavesdrop', target, randomUUID());
      return;
    }
    default:
      throw new AppError('invalid_data', {
        message: `${message['Application-Name']} needs nobody to be rung`,
      });
  }
}

/** The file on the switch of the fax that is to be sent: a TIFF behind the URL in Application-Data. */
async function fetchFax({ client }: SwitchNode, message: Request): Promise<string> {
  await needFaxes(client);
  const url = message['Application-Data'];
  if (typeof url !== 'string' || !/^https?:\/\/\S+$/.test(url))
    throw new AppError('invalid_data', { message: 'originate fax needs a URL in its Application-Data' });
  return client.api(`http_get ${harmless(url)}`, fetchTimeout);
}

/** Sends the leg on to the number that the request names. */
async function sendTo(node: SwitchNode, channel: Channel, route: unknown): Promise<void> {
  if (typeof route !== 'string')
    throw new AppError('invalid_data', {
      message: 'originate needs an Existing-Call-ID, or in its Application-Data an endpoint or a Route',
    });
  await sendOn(node.client, channel.callId, route);
}

/** The switch that has the call to be joined, else the one with the fewest channels. Throws `no_switch`. */
function choose(nodes: readonly SwitchNode[], message: Request): SwitchNode {
  const joined = message['Existing-Call-ID'] ?? message['Eavesdrop-Call-ID'];
  const best = leastBusy(joined === undefined ? nodes : nodes.filter(({ channels }) => channels.has(joined)));
  if (best) return best;
  throw new AppError('no_switch', {
    message:
      joined === undefined ? 'no media server is available' : `no media server here has the call ${joined}`,
  });
}
