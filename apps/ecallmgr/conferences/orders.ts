// What is done to a conference and to who is in it, and who that is: orders of the bus as commands of the switch that has it
// (contract/kapi.md, kapi_conference).
import type { Bus, Delivery, Subscription } from '../../../core/amqp/index.ts';
import type { AppContext } from '../../../core/app/index.ts';
import type { AnyMessage } from '../../../core/contract/index.ts';
import { AppError, errorText } from '../../../core/errors/index.ts';
import * as conference from '../../../core/messages/conference.ts';
import { harmless, word } from '../freeswitch/index.ts';
import { type Media, recordingPath } from '../media.ts';
import type { SwitchNode } from '../switch-node.ts';
import { isFirst } from './first.ts';
import { conferenceOn, described } from './listing.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `conference NAME …` for each order. */
const commands: Readonly<
  Record<string, (order: Fields, node: SwitchNode, media: Media) => Promise<string> | string>
> = {
  lock: () => 'lock',
  unlock: () => 'unlock',
  mute_participant: (order) => `mute ${whom(order)}`,
  unmute_participant: (order) => `unmute ${whom(order)}`,
  deaf_participant: (order) => `deaf ${whom(order)}`,
  undeaf_participant: (order) => `undeaf ${whom(order)}`,
  kick: (order) => `hup ${whom(order)}`,
  participant_energy: (order) => `energy ${whom(order)} ${level(order['Energy-Level'], 20)}`,
  participant_volume_in: (order) => `volume_in ${whom(order)} ${level(order['Volume-In-Level'], 0)}`,
  participant_volume_out: (order) => `volume_out ${whom(order)} ${level(order['Volume-Out-Level'], 0)}`,
  relate_participants: (order) =>
    `relate ${whom(order)} ${whom(order, 'Other-Participant')} ${relations[String(order['Relationship'])] ?? 'clear'}`,
  play: async (order, node, media) => {
    const callId = String(order['Call-ID'] ?? order['Conference-ID']);
    const path = await media.playable(String(order['Media-Name']), { callId, recordings: node.recordings });
    return `play ${path}${maybeWhom(order)}`;
  },
  stop_play: (order) => `stop ${order['Affects'] === 'current' ? 'current' : 'all'}${maybeWhom(order)}`,
  record: (order, node) => `recording start ${recordingPath(node.recordings, nameOf(order))}`,
  recordstop: (order, node) =>
    `recording stop ${order['Media-Name'] === undefined ? 'all' : recordingPath(node.recordings, nameOf(order))}`,
  set: (order) => `set ${parameters[String(order['Parameter'])] ?? ''} ${word(order['Value'])}`,
};

const relations: Readonly<Record<string, string>> = { mute: 'nospeak', deaf: 'nohear' };
const parameters: Readonly<Record<string, string>> = {
  'Max-Members': 'max_members',
  'Caller-ID-Name': 'caller_id_name',
  'Caller-ID-Number': 'caller_id_number',
};

/** The orders that are followed, by Application-Name. */
export const followed: readonly string[] = Object.keys(commands);

/** A participant by number; who joined last when none is named. */
function whom(order: Fields, field = 'Participant-ID'): string {
  const id = String(order[field] ?? 'last');
  if (/^(\d{1,9}|last|all|non_moderator)$/.test(id)) return id;
  throw new AppError('invalid_data', { message: `${field}: ${JSON.stringify(id)} is no participant` });
}

const maybeWhom = (order: Fields): string => (order['Participant-ID'] === undefined ? '' : ` ${whom(order)}`);

function level(value: unknown, fallback: number): number {
  const number = Number(value ?? fallback);
  return Number.isFinite(number) ? Math.round(number) : fallback;
}

const nameOf = (order: Fields): string =>
  String(order['Media-Name'] ?? `conference-${word(order['Conference-ID'])}-${Date.now()}`);

async function tellParticipants(
  bus: Bus,
  nodes: readonly SwitchNode[],
  request: Delivery<AnyMessage>,
  id: string,
): Promise<void> {
  for (const node of nodes) {
    const listed = await conferenceOn(node, id);
    if (!listed) continue;
    const { Participants = [] } = described(node, id, listed);
    await bus.reply(request, conference.participantsResp, { Participants });
    return;
  }
}

/** An order without an id cannot be agreed upon: whoever has the switch follows it. */
const isOurs = async (node: SwitchNode, { 'Msg-ID': id }: Fields): Promise<boolean> =>
  typeof id !== 'string' || isFirst(node, id);

/** Follows the orders to conferences on our switches; those to others are somebody else's. */
export function takeConferenceOrders(
  { bus, log }: AppContext,
  nodes: readonly SwitchNode[],
  media: Media,
): Promise<Subscription> {
  return bus.consume<AnyMessage>(
    {
      bindings: [{ exchange: 'conference', key: 'conference.command.#' }],
      // Who is to be dialled is heard as well, and left to whoever takes it (dial.ts).
      contracts: [...conference.orders, conference.dial, conference.participants],
    },
    async (delivery) => {
      const order: Fields = delivery.message;
      const id = String(order['Conference-ID']);
      if (delivery.contract === conference.participants) return tellParticipants(bus, nodes, delivery, id);
      const name = String(order['Application-Name']);
      const node = nodes.find(({ conferences }) => conferences.has(id));
      const command = commands[name];
      if (!node || !command) return;
      try {
        if (await isOurs(node, order))
          await node.client.api(`conference ${harmless(id)} ${await command(order, node, media)}`);
      } catch (error) {
        log.warn('a conference did not follow an order', {
          conference: id,
          order: name,
          error: errorText(error),
        });
      }
    },
  );
}
