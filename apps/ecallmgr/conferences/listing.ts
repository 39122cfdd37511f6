// What a switch tells of its conferences (`conference json_list`), as the bus knows it (contract/kapi.md, kapi_conference).
import { isRecord, type MessageFields } from '../../../core/contract/index.ts';
import { gregorian } from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import type { searchResp } from '../../../core/messages/conference.ts';
import { harmless } from '../freeswitch/index.ts';
import { urlOf } from '../moving/places.ts';
import type { SwitchNode } from '../switch-node.ts';
import { recordsOf } from './known.ts';

type Json = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** One conference of the switch; undefined when it is over. Rejects when the switch is away. */
export async function conferenceOn(node: SwitchNode, id: string): Promise<Json | undefined> {
  if (!node.conferences.has(id)) return undefined;
  try {
    return recordsOf(JSON.parse(await node.client.api(`conference ${harmless(id)} json_list`)))[0];
  } catch (error) {
    if (hasCode(error, 'command_failed') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The answer of a node that has the conference. */
export function described(node: SwitchNode, id: string, listed: Json): MessageFields<typeof searchResp> {
  const now = Date.now();
  const seconds = Number(listed['run_time'] ?? 0);
  const members = membersOf(listed);
  return {
    'Conference-ID': id,
    'Participant-Count': members.length,
    Participants: members.map((member) => participant(member, now)),
    Running: true,
    Locked: listed['locked'] === true,
    'Run-Time': seconds,
    'Start-Time': Math.round(gregorian(new Date(now - seconds * 1_000))),
    'Switch-Nodename': node.name,
    'Switch-URL': urlOf(node),
    UUID: textOf(listed['conference_uuid']),
  };
}

/** The conferences on the switch in which somebody of the account is: how many are there, for how many seconds. */
export async function ofAccount(node: SwitchNode, accountId: string): Promise<Record<string, unknown>> {
  const found = await Promise.all(
    node.conferences.names.map(async (id): Promise<[string, Json][]> => {
      const listed = await conferenceOn(node, id);
      const members = listed ? membersOf(listed) : [];
      if (!listed || !members.some((it) => accountOf(node, it) === accountId)) return [];
      const moderators = members.filter((it) => flagsOf(it)['is_moderator'] === true).length;
      const live = {
        Members: members.length - moderators,
        Moderators: moderators,
        Duration: Number(listed['run_time'] ?? 0),
        'Is-Locked': listed['locked'] === true,
      };
      return [[id, live]];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** Who is in it: a recording is listed among them. */
const membersOf = (listed: Json): Json[] =>
  recordsOf(listed['members']).filter(({ type = 'caller' }) => type === 'caller');

const accountOf = (node: SwitchNode, { uuid }: Json): string | undefined =>
  node.channels.get(String(uuid))?.get('Account-ID');

const flagsOf = ({ flags }: Json): Json => (isRecord(flags) ? flags : {});

/** `Join-Time` in Unix seconds. */
function participant(member: Json, now: number): Record<string, unknown> {
  const flags = flagsOf(member);
  return {
    'Participant-ID': member['id'],
    'Call-ID': member['uuid'],
    'Caller-ID-Name': member['caller_id_name'],
    'Caller-ID-Number': member['caller_id_number'],
    'Join-Time': Math.round(now / 1_000) - Number(member['join_time'] ?? 0),
    'Energy-Level': member['energy'],
    'Conference-Channel-Vars': {
      Hear: flags['can_hear'] === true,
      Speak: flags['can_speak'] === true,
      Talking: flags['talking'] === true,
      'Mute-Detect': flags['mute_detect'] === true,
      'Is-Moderator': flags['is_moderator'] === true,
    },
  };
}
