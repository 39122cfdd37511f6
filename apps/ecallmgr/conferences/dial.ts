// Dialling out from a conference: endpoints are rung, those that answer are let in (contract/kapi.md, kapi_conference).
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Delivery, Subscription } from '../../../core/amqp/index.ts';
import type { AppContext } from '../../../core/app/index.ts';
import type { AnyMessage, MessageOf } from '../../../core/contract/index.ts';
import { AppError, errorText } from '../../../core/errors/index.ts';
import { dial, dialResp, orders, participants } from '../../../core/messages/conference.ts';
import type { BridgeEndpoint } from '../../../core/telephony/endpoint.ts';
import type { Channel } from '../channel.ts';
import { causeIn, leastBusy, ring } from '../dial/ring.ts';
import { uuid } from '../freeswitch/index.ts';
import { arrive } from '../moving/arrival.ts';
import type { SwitchNode } from '../switch-node.ts';

type Request = MessageOf<typeof dial>;

/** As Kazoo answers for one endpoint. */
interface Response {
  readonly Status: 'success' | 'error';
  readonly Message: string;
  readonly 'Endpoint-ID'?: string;
  readonly 'Call-ID'?: string;
}

// Milliseconds from the answer until the leg must be in.
const joinPatience = 5_000;
const joinLook = 25;

/** Serves `dial`; any one instance takes each, also for a conference that nobody has begun yet. */
export function serveDials(
  { bus, log }: AppContext,
  nodes: readonly SwitchNode[],
  proxy: () => string,
): Promise<Subscription> {
  return bus.consume<AnyMessage>(
    {
      queue: 'ecallmgr_fs_conferences_shared',
      bindings: [{ exchange: 'conference', key: 'conference.command.#' }],
      // The key does not tell them apart; the others are followed by whoever has the conference.
      contracts: [dial, ...orders, participants],
    },
    async (delivery) => {
      if (delivery.contract !== dial) return;
      const request = delivery as Delivery<typeof dial>;
      const { message } = request;
      const responses = await Promise.all(
        message.Endpoints.map(async (endpoint): Promise<Response> => {
          const id = endpointId(endpoint);
          const about = id === undefined ? {} : { 'Endpoint-ID': id };
          try {
            const callId = await dialOne(nodes, message, endpoint, proxy());
            return { Status: 'success', Message: 'dialing endpoints', ...about, 'Call-ID': callId };
          } catch (error) {
            log.info('nobody came to a conference', { endpoint: id, reason: errorText(error) });
            return { Status: 'error', Message: causeIn(error) ?? errorText(error), ...about };
          }
        }),
      );
      await bus.reply(request, dialResp, {
        'Application-Name': 'dial_resp',
        'Endpoint-Responses': responses.map((response) => ({ ...response })),
      });
    },
  );
}

function endpointId(endpoint: BridgeEndpoint): string | undefined {
  const id = endpoint.Route ?? endpoint['Endpoint-ID'] ?? endpoint['Custom-Channel-Vars']?.['Authorizing-ID'];
  return typeof id === 'string' ? id : undefined;
}

/** Rings one endpoint; resolves with the id of its leg when that is in the conference. */
async function dialOne(
  nodes: readonly SwitchNode[],
  message: Request,
  endpoint: BridgeEndpoint,
  proxy: string,
): Promise<string> {
  const node = choose(nodes, message);
  const wanted = message.Endpoints.length === 1 ? message['Outbound-Call-ID'] : undefined;
  const channel = await ring(node, {
    endpoints: [endpoint],
    proxy,
    timeout: message.Timeout,
    accountId: message['Account-ID'],
    fetchId: randomBytes(16).toString('hex'),
    callId: uuid(endpoint['Outbound-Call-ID'] ?? wanted ?? randomUUID()),
    shared: sharedFields(message),
  });
  arrive(node, channel, jobOf(message));
  await joined(node, channel);
  return channel.callId;
}

/** The switch that has the conference, else the one of the call that it is for, else the least busy. Throws `no_switch`. */
function choose(nodes: readonly SwitchNode[], message: Request): SwitchNode {
  const { 'Conference-ID': id, 'Target-Call-ID': target } = message;
  const fit =
    nodes.find(({ conferences }) => conferences.has(id)) ??
    nodes.find(({ channels }) => target !== undefined && channels.has(target)) ??
    leastBusy(nodes);
  if (fit?.client.connected) return fit;
  throw new AppError('no_switch', { message: 'no media server is available' });
}

/** What each leg is given: variables, how it takes part, and who is said to call. */
function sharedFields(message: Request): Record<string, unknown> {
  return {
    'Custom-Channel-Vars': message['Custom-Channel-Vars'],
    'Custom-Application-Vars': message['Custom-Application-Vars'],
    'Outbound-Caller-ID-Name': message['Caller-ID-Name'],
    'Outbound-Caller-ID-Number': message['Caller-ID-Number'],
    'Participant-Flags': message['Participant-Flags'],
    // A leg that only sends a ringing tone has not answered.
    'Ignore-Early-Media': true,
  };
}

/**
 * What the leg does once it has answered. The command finds the conference, on another switch too, where the variables of the
 * leg do not reach: so what it has fields for is said here again.
 */
function jobOf({ 'Conference-ID': id, 'Profile-Name': profile, 'Participant-Flags': flags = [] }: Request) {
  return {
    'Application-Name': 'conference',
    'Conference-ID': id,
    ...(profile === undefined ? {} : { Profile: profile }),
    Mute: flags.includes('mute'),
    Deaf: flags.includes('deaf'),
    Moderator: flags.includes('is_moderator'),
  };
}

/** Resolves when the leg is in the conference, or bridged to the leg that is in it on another switch. */
async function joined(node: SwitchNode, channel: Channel): Promise<void> {
  for (const late = Date.now() + joinPatience; Date.now() < late; await wait(joinLook)) {
    if (node.conferences.holds(channel.callId) || channel.bridged) return;
    if (channel.over) throw new AppError('call_hung_up', { message: 'it answered, and was not let in' });
  }
  await node.client.api(`uuid_kill ${uuid(channel.callId)}`).catch(() => undefined);
  throw new AppError('timeout', { message: 'it answered, and was not in the conference in time' });
}
