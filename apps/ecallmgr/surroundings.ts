// The switch and the cluster around the calls of one switch.
import type { Surroundings } from './control/call.ts';
import { callIdOf } from './freeswitch/index.ts';
import type { Handling } from './handling.ts';
import { createPlaces } from './moving/places.ts';
import type { Publisher } from './publisher.ts';
import type { SwitchNode } from './switch-node.ts';

/** What the commands of calls on this switch may use. */
export function surroundingsOf(node: SwitchNode, publisher: Publisher, handling: Handling): Surroundings {
  const { context, edges, media, nodes } = node.shared;
  return {
    client: node.client,
    switchName: node.name,
    node: context.node,
    recordings: () => node.recordings,
    media,
    proxy: () => edges.address(),
    tell: (event, name) => publisher.as(name, event, node.channels.get(callIdOf(event))),
    tellCompletion: (channel, id, completion) => publisher.completion(channel, id, completion),
    isRinging: (callId) => [...node.channels.values()].some((leg) => leg.otherLeg === callId),
    takeEnd: (channel, completion) => handling.handle(channel, completion),
    tellEnd: (channel, event, completion) => publisher.event(channel, event, completion),
    mayAct: () => (node.lease.holds ? undefined : node.lease.regained()),
    places: createPlaces(context.bus, nodes, node),
    log: context.log.child(node.name),
  };
}
