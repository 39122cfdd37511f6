// Who tells what happens in the conferences of a switch.
import { errorText } from '../../../core/errors/index.ts';
import { callIdOf, type SwitchEvent } from '../freeswitch/index.ts';
import { numberOf } from '../publisher.ts';
import type { SwitchNode } from '../switch-node.ts';
import { isFirst } from './first.ts';

/** Those that Kazoo tells. */
const told: ReadonlySet<string | undefined> = new Set([
  'conference-create',
  'conference-destroy',
  'lock',
  'unlock',
  'add-member',
  'del-member',
  'start-talking',
  'stop-talking',
  'mute-member',
  'unmute-member',
  'deaf-member',
  'undeaf-member',
]);

/**
 * Takes an event of a conference. What happens to somebody in it is told by who tells of that leg; what happens to the
 * conference, by one of those who have the switch.
 */
export function takeConferenceEvent(node: SwitchNode, event: SwitchEvent): void {
  const { news, account } = node.conferences.take(event);
  const channel = node.channels.get(callIdOf(event));
  for (const each of news.filter(({ Action }) => told.has(Action)))
    if (channel) node.happened(channel, each);
    else
      tellAlone(node, each, account).catch((error: unknown) =>
        node.around.log.warn('an event of a conference was not told', { error: errorText(error) }),
      );
}

async function tellAlone(node: SwitchNode, event: SwitchEvent, account: string | undefined): Promise<void> {
  const number = numberOf(event);
  if (number !== undefined && (await isFirst(node, number)))
    node.publisher.conference(event, undefined, account);
}
