// Questions about live channels, answered from what the events told (contract/kapi.md, kapi_call).
import type { Delivery, Subscription } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import type { AnyMessage, MessageOf } from '../../core/contract/index.ts';
import {
  channelStatusReq,
  channelStatusResp,
  queryAccountChannelsReq,
  queryAccountChannelsResp,
  queryAuthIdReq,
  queryAuthIdResp,
  queryChannelsReq,
  queryChannelsResp,
  queryUserChannelsReq,
  queryUserChannelsResp,
} from '../../core/messages/call.ts';
import type { Channel } from './channel.ts';
import { urlOf } from './moving/places.ts';
import type { SwitchNode } from './switch-node.ts';

interface Held {
  readonly node: SwitchNode;
  readonly channel: Channel;
}

/**
 * Every ecallmgr answers for the channels that are its own, so that a collector counts none twice. All that is known
 * is live: `Active-Only` leaves nothing out.
 */
export function answerQueries(
  context: AppContext,
  nodes: readonly SwitchNode[],
  alone: () => boolean,
): Promise<Subscription> {
  const held = (): Held[] => nodes.flatMap((node) => node.ours.map((channel) => ({ node, channel })));
  return context.bus.consume<AnyMessage>(
    {
      bindings: [{ exchange: 'callevt', key: 'call.status_req.#' }],
      contracts: [
        channelStatusReq,
        queryAuthIdReq,
        queryUserChannelsReq,
        queryAccountChannelsReq,
        queryChannelsReq,
      ],
    },
    async (request) => {
      const answer = answerTo(request, held());
      if (answer) await context.bus.reply(request, answer.contract, answer.fields);
      // Another ecallmgr may hold the channel: who is not alone can say that it is gone when it heard the end.
      else if (
        request.contract === channelStatusReq &&
        (heardEnd(nodes, request) || (alone() && isNowhere(nodes, request)))
      )
        await context.bus.reply(request, channelStatusResp, {
          'Call-ID': wantedOf(request),
          Status: 'terminated',
          'Error-Msg': 'no such channel',
        });
    },
  );
}

const wantedOf = ({ message }: Delivery<AnyMessage>): string =>
  (message as MessageOf<typeof channelStatusReq>)['Call-ID'];

const heardEnd = (nodes: readonly SwitchNode[], request: Delivery<AnyMessage>): boolean =>
  nodes.some(({ legs }) => legs.isGone(wantedOf(request)));

/** No switch has such a leg, whoever owns it; one that cannot be heard may have it. */
const isNowhere = (nodes: readonly SwitchNode[], request: Delivery<AnyMessage>): boolean =>
  nodes.every(({ compared, legs }) => compared && !legs.live.has(wantedOf(request)));

interface Answer {
  readonly contract: AnyMessage;
  readonly fields: Record<string, unknown>;
}

function answerTo({ contract, message }: Delivery<AnyMessage>, held: readonly Held[]): Answer | undefined {
  const listed = (fits: (channel: Channel) => boolean): Record<string, unknown> => ({
    Channels: held.filter(({ channel }) => fits(channel)).map(describe),
  });
  if (contract === channelStatusReq) {
    const wanted = (message as MessageOf<typeof channelStatusReq>)['Call-ID'];
    const found = held.find(({ channel }) => channel.callId === wanted);
    return found && { contract: channelStatusResp, fields: status(found) };
  }
  if (contract === queryAuthIdReq) {
    const wanted = (message as MessageOf<typeof queryAuthIdReq>)['Auth-ID'];
    return { contract: queryAuthIdResp, fields: listed((it) => it.get('Authorizing-ID') === wanted) };
  }
  if (contract === queryUserChannelsReq)
    return {
      contract: queryUserChannelsResp,
      fields: listed(ofUsers(message as MessageOf<typeof queryUserChannelsReq>)),
    };
  if (contract === queryAccountChannelsReq)
    return {
      contract: queryAccountChannelsResp,
      fields: listed(ofAccount(message as MessageOf<typeof queryAccountChannelsReq>)),
    };
  const { 'Call-ID': wanted, Fields: fields } = message as MessageOf<typeof queryChannelsReq>;
  const chosen = held.filter(({ channel }) => wanted === undefined || channel.callId === wanted);
  const byId = chosen.map((it) => [it.channel.callId, only(fields, describe(it))]);
  return { contract: queryChannelsResp, fields: { Channels: Object.fromEntries(byId) } };
}

function ofUsers(request: MessageOf<typeof queryUserChannelsReq>): (channel: Channel) => boolean {
  const users = [...(request.Usernames ?? []), ...(request.Username === undefined ? [] : [request.Username])];
  const devices = request['Authorizing-IDs'] ?? [];
  return (channel) =>
    devices.includes(channel.get('Authorizing-ID') ?? '') ||
    (request.Realm !== undefined &&
      channel.get('Realm') === request.Realm &&
      users.includes(channel.get('Username') ?? ''));
}

function ofAccount(request: MessageOf<typeof queryAccountChannelsReq>): (channel: Channel) => boolean {
  const users = [...(request.Usernames ?? []), ...(request.Username === undefined ? [] : [request.Username])];
  return (channel) =>
    channel.get('Account-ID') === request['Account-ID'] &&
    (users.length === 0 || users.includes(channel.get('Username') ?? ''));
}

function status({ node, channel }: Held): Record<string, unknown> {
  return {
    'Call-ID': channel.callId,
    Status: 'active',
    'Switch-Nodename': node.name,
    'Switch-URL': urlOf(node),
    'Other-Leg-Call-ID': channel.otherLeg,
    'From-Tag': channel.fromTag,
    'To-Tag': channel.toTag,
    Realm: channel.get('Realm'),
    Username: channel.get('Username'),
    // The queue of a leg that nobody controls would be another's, whose variables it has inherited.
    'Custom-Channel-Vars': {
      ...channel.vars,
      'Control-Queue': node.controls.get(channel.callId)?.tellQueue(),
    },
  };
}

/** The fields that are named; `all`, or none named, are all. */
function only(fields: unknown, described: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(fields)) return described;
  return Object.fromEntries(Object.entries(described).filter(([name]) => fields.includes(name)));
}

/** A channel as REST and operators see it. `timestamp` in Gregorian seconds. */
function describe({ node, channel }: Held): Record<string, unknown> {
  return {
    uuid: channel.callId,
    direction: channel.direction,
    answered: channel.answered,
    timestamp: Math.floor(channel.createdAt / 1000) + 62_167_219_200,
    elapsed_s: Math.max(0, Math.round((Date.now() - channel.createdAt) / 1000)),
    destination: channel.destination,
    caller_id_name: channel.callerIdName,
    caller_id_number: channel.callerIdNumber,
    to: channel.to,
    from: channel.from,
    request: channel.request,
    other_leg: channel.otherLeg,
    presence_id: channel.presenceId,
    account_id: channel.get('Account-ID'),
    authorizing_id: channel.get('Authorizing-ID'),
    authorizing_type: channel.get('Authorizing-Type'),
    owner_id: channel.get('Owner-ID'),
    username: channel.get('Username'),
    realm: channel.get('Realm'),
    resource_id: channel.get('Resource-ID'),
    bridge_id: channel.get('Bridge-ID'),
    interaction_id: channel.get('Call-Interaction-ID'),
    node: node.name,
  };
}
