// conferences: rooms that several calls meet in, who is in them, and what is done to them while they run.
import { isRecord, resource, Type } from '../../../core/contract/index.ts';
import { conference } from '../../../core/documents/index.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import {
  actOnConference,
  actOnParticipant,
  actOnParticipants,
  conferenceActions,
  type Ordered,
  participantActions,
} from '../conferences/actions.ts';
import {
  accountEndpoint,
  type DataReply,
  idParameter,
  invalid,
  type ListReply,
  list,
  missing,
  operation,
  parameter,
  pathParameter,
  plain,
  publicPart,
  type RestRequest,
  targetDatabase,
  typed,
} from '../engine/index.ts';
import { checkUnique } from '../engine/unique.ts';
import {
  findRunning,
  livePart,
  nothingRuns,
  runningInAccount,
  shownParticipant,
} from '../live/conferences.ts';

const listing = { design: 'conferences', view: 'crossbar_listing' };
const byNumber = { design: 'conference', view: 'listing_by_number' };

const action = (actions: readonly string[]) => ({
  parameters: {
    action: Type.Enum([...actions]),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
});

export const conferences = plain(
  resource({
    path: 'conferences',
    summary: 'Rooms that several calls meet in',
    document: conference,
    listing,
    example: { name: 'Monday', member: { pins: ['1234'], join_muted: false } },
    validate: async (request: RestRequest, next, previous) => {
      // Whichever of its numbers is dialled leads into the room.
      const fields = ['conference_numbers', 'member.numbers', 'moderator.numbers'];
      await checkUnique(
        targetDatabase(request),
        fields.map((field) => ({ field, listing: byNumber })),
        next,
        previous?._id,
      );
    },
  }),
  [
    accountEndpoint('conferences', {
      GET: operation('account', 'Rooms, with what goes on in them', listAll, { list: true }),
    }),
    accountEndpoint(`conferences/:${idParameter}`, {
      GET: operation('account', 'A room with its participants', read, { reply: conference.schema }),
      PUT: operation(
        'admin',
        'Does something to a conference that runs',
        async (request) => {
          const { id, name } = await find(request);
          return actOnConference(request, id, name, ordered(request));
        },
        action(conferenceActions),
      ),
    }),
    accountEndpoint(`conferences/:${idParameter}/participants`, {
      GET: operation('account', 'Who is in a conference', async (request) => {
        const running = await findRunning(request, (await find(request)).id);
        return { data: (running?.participants ?? []).map(shownParticipant) };
      }),
      PUT: operation(
        'admin',
        'Does something to all in a conference',
        async (request) => {
          const { id } = await find(request);
          return actOnParticipants(request, id, await findRunning(request, id), ordered(request));
        },
        action(participantActions),
      ),
    }),
    accountEndpoint(`conferences/:${idParameter}/participants/:participant_id`, {
      GET: operation('account', 'Somebody in a conference', readParticipant),
      PUT: operation(
        'admin',
        'Does something to somebody in a conference',
        async (request) => {
          const { id } = await find(request);
          return actOnParticipant(request, id, participantId(request), ordered(request));
        },
        action(participantActions),
      ),
    }),
  ],
);

interface Found {
  readonly id: string;
  readonly name?: string | undefined;
  readonly shown: Record<string, unknown>;
  readonly revision?: string | undefined;
}

/** A room of the account, or one that is no document but runs there. Anything else is missing. */
async function find(request: RestRequest): Promise<Found> {
  const id = pathParameter(request, idParameter);
  const document = typed(conference, await targetDatabase(request).find(id));
  if (document) return { id, name: document.name, shown: publicPart(document), revision: document._rev };
  if (!(await runningInAccount(request)).has(id)) throw missing(id);
  return { id, shown: { id } };
}

async function listAll(request: RestRequest): Promise<ListReply> {
  const running = await runningInAccount(request);
  const liveOf = (id: string): unknown => {
    const live = running.get(id);
    return isRecord(live) ? { ...nothingRuns, ...(snakeCase(live) as object) } : nothingRuns;
  };
  return list(request, targetDatabase(request), listing, {
    show: ({ id, value }) => ({ id, ...(value as object), _read_only: liveOf(id) }),
  });
}

async function read(request: RestRequest): Promise<DataReply> {
  const { id, shown, revision } = await find(request);
  return { data: { ...shown, _read_only: livePart(await findRunning(request, id)) }, revision };
}

async function readParticipant(request: RestRequest): Promise<DataReply> {
  const wanted = participantId(request);
  const running = await findRunning(request, (await find(request)).id);
  const found = running?.participants.find((it) => Number(it['Participant-ID']) === wanted);
  if (!found) throw missing(String(wanted));
  return { data: shownParticipant(found) };
}

function participantId(request: RestRequest): number {
  const text = pathParameter(request, 'participant_id');
  if (!/^\d{1,9}$/.test(text)) throw missing(text);
  return Number(text);
}

/**
 * The action stands beside `data` or in it, and what it needs in `data` or in `data.data`. Beside it goes first: the `data` of
 * a recording has an `action` of its own.
 */
function ordered(request: RestRequest): Ordered {
  const name = request.envelope['action'] ?? parameter(request, 'action');
  if (typeof name !== 'string') throw invalid('action', 'required', 'action is required');
  const given = isRecord(request.data) ? request.data : {};
  return { action: name, data: isRecord(given['data']) ? given['data'] : given };
}
