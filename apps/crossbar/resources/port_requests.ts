// port_requests: numbers that are to come from other carriers: their state, papers and comments (contract/crossbar.md §6.4).
import { type PublicOf, resource, type TProperties, Type } from '../../../core/contract/index.ts';
import { portRequest } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { type Comment, withNew } from '../comments/comments.ts';
import {
  accountEndpoint,
  caller,
  type DataReply,
  type Endpoint,
  type Operation,
  operation,
  plain,
  type RestRequest,
  targetAccount,
} from '../engine/index.ts';
import { distinct, numbersBody } from '../numbers/collection.ts';
import { normal } from '../numbers/numbers.ts';
import { carriersOf } from '../numbers/phonebook.ts';
import { attachmentEndpoints } from '../ports/attachments.ts';
import { portAuthority } from '../ports/authority.ts';
import { portCommentEndpoints } from '../ports/comments.ts';
import { listPorts, listStates, statesOf, type Whose } from '../ports/lists.ts';
import { letterOfAuthorization } from '../ports/loa.ts';
import { checkPortable, completePort } from '../ports/numbers.ts';
import { changePort, portOf, portsOf } from '../ports/request.ts';
import { scheduledDate } from '../ports/schedule.ts';
import { shownOnly, shownPort, timelineOf } from '../ports/show.ts';
import {
  begun,
  destinations,
  groups,
  isAuthority,
  isOpen,
  type PortDestination,
  type PortRequest,
  transition,
} from '../ports/states.ts';
import { commentsOf, tellOfComments, tellOfState } from '../ports/told.ts';

const { schema } = portRequest;
const row = Type.Object({
  account_id: Type.String(),
  account_name: Type.String(),
  port_requests: Type.Array(Type.Object({ id: Type.String(), port_state: Type.String() })),
});
const asked: TProperties = {
  by_types: Type.Optional(
    Type.String({ description: `States between commas, or one of ${Object.keys(groups).join(', ')}` }),
  ),
  by_number: Type.Optional(Type.String()),
};
const reasoned = { reason: Type.Optional(Type.String()) };
const accountOf = (request: RestRequest): string => targetAccount(request)._id;

export const port_requests = plain(
  resource({
    path: 'port_requests',
    summary: 'Numbers that are to come from other carriers',
    document: portRequest,
    shared: 'port_requests',
    listing: { design: 'port_requests', view: 'crossbar_listing' },
    example: {
      name: 'From the old carrier',
      numbers: { '+14155550171': {} },
      bill: { carrier: 'Old', postal_code: '94105' },
    },
    verbs: {
      collection: { PUT: 'admin' },
      item: { GET: 'account', POST: 'admin', PATCH: 'admin', DELETE: 'admin' },
    },
    validate: prepare,
    beforeSave: async (request: RestRequest, document, previous) => {
      if (!previous) Object.assign(document, await opening(request));
    },
    afterSave: tellOfComments,
    beforeDelete: async (_: RestRequest, document) => {
      if (!isOpen(document)) throw notNow(document);
    },
    present: async (request: RestRequest, _, document) => shownPort(request, document),
  }),
  [
    listing('port_requests', 'listing_by_state', 'Port requests of the account'),
    listing(
      'descendants/port_requests',
      'listing_by_descendant_state',
      'Port requests of the accounts below',
    ),
    ...states('port_requests', 'listing_by_state'),
    ...states('descendants/port_requests', 'listing_by_descendant_state'),
    accountEndpoint('port_requests/last_submitted', {
      GET: operation('account', 'When each request was submitted last', lastSubmitted, {
        reply: Type.Array(Type.Object({ id: Type.String(), transition: Type.Unknown() })),
      }),
    }),
    ...destinations.map((state) =>
      accountEndpoint(`port_requests/:id/${state}`, { PATCH: stateChange(state) }),
    ),
    accountEndpoint('port_requests/:id/timeline', {
      GET: operation('account', 'What happened to a request, and what was said', async (request) => ({
        data: timelineOf(request, await portOf(request)),
      })),
    }),
    accountEndpoint('port_requests/:id/loa', {
      GET: operation('account', 'The letter of authorization, to be signed', letter, {
        produces: ['application/pdf'],
      }),
    }),
    accountEndpoint('port_requests/lnp_lookup', {
      POST: operation(
        'account',
        'Who has numbers now, and who could take them',
        async ({ services, data: { numbers } }) => ({
          data: await carriersOf(services, distinct(numbers).map(normal)),
        }),
        { accepts: numbersBody },
      ),
    }),
    ...attachmentEndpoints(),
    ...portCommentEndpoints(),
    {
      path: '/port_requests',
      operations: {
        GET: operation(
          'admin',
          'Port requests that the account of the caller carries out',
          (request) => listPorts(request, 'agent_listing_by_state', caller(request).account._id),
          { parameters: asked, reply: Type.Array(row) },
        ),
      },
    },
  ],
);

function listing(path: string, whose: Whose, summary: string): Endpoint {
  return accountEndpoint(path, {
    GET: operation('account', summary, (request) => listPorts(request, whose, accountOf(request)), {
      parameters: asked,
      reply: Type.Array(row),
    }),
  });
}

/** The same for one state or group, as older clients ask. */
function states(path: string, whose: Whose): Endpoint[] {
  return [...new Set([...Object.keys(groups), ...(groups['all'] ?? [])])].map((name) =>
    accountEndpoint(`${path}/${name}`, {
      GET: operation(
        'account',
        `Port requests: ${name}`,
        (request) => listStates(request, whose, accountOf(request), statesOf(name)),
        { reply: Type.Array(row) },
      ),
    }),
  );
}

/** A request is changed by who wants the numbers while it is open, and by who carries it out; all add comments. */
async function prepare(
  request: RestRequest,
  next: PublicOf<typeof portRequest> & Record<string, unknown>,
  previous: PortRequest | undefined,
): Promise<void> {
  for (const key of shownOnly) delete next[key];
  const privileged = isAuthority(request, previous ?? (await opening(request)));
  const comments = withNew(
    request,
    commentsOf(previous ?? {}),
    (next.comments ?? []) as Comment[],
    privileged,
  );
  if (comments.length > 0) next.comments = comments;
  if (previous && !isOpen(previous) && !privileged && changes(next, previous)) throw notNow(previous);
  if (!previous || isOpen(previous))
    next.numbers = await checkPortable(request.services, next.numbers, {
      account: accountOf(request),
      port: previous?._id,
    });
}

/** Whether anything is different but the comments. */
function changes(next: Record<string, unknown>, previous: PortRequest): boolean {
  const content = (one: object): string => JSON.stringify(Object.entries(one).filter(isContent).sort());
  return content(next) !== content(previous);
}

const isContent = ([key]: [string, unknown]): boolean => key !== 'comments' && !/^(_|pvt_)/.test(key);

function notNow({ pvt_port_state }: PortRequest): AppError {
  return new AppError('invalid_method', {
    message: `a port request is not changed or removed any more when it is ${pvt_port_state}`,
    details: { cause: pvt_port_state, allowed: 'GET, OPTIONS' },
  });
}

/** Whose a new request is, and who carries it out. */
async function opening(request: RestRequest): Promise<Partial<PortRequest>> {
  const account = targetAccount(request);
  const { name, pvt_tree = [] } = account;
  const authority = await portAuthority(request.services.store, account);
  return {
    ...begun(request),
    pvt_tree: [...pvt_tree],
    pvt_account_name: name,
    pvt_port_authority: authority.id,
    ...(authority.name !== undefined && { pvt_port_authority_name: authority.name }),
  };
}

function stateChange(state: PortDestination): Operation {
  return operation('admin', `Brings a request into the state ${state}`, (request) => move(request, state), {
    body: { ...schema, required: [] },
    parameters: reasoned,
    reply: schema,
  });
}

/** Merges what was sent, and brings the request into another state. When it is completed its numbers are in service. */
async function move(request: RestRequest, state: PortDestination): Promise<DataReply> {
  const decide = async (document: PortRequest, reason: string | undefined): Promise<PortRequest> => {
    const moved = transition(request, document, state, reason);
    if (state === 'scheduled') return { ...document, ...moved, scheduled_date: scheduledDate(document) };
    if (state !== 'completed') return { ...document, ...moved };
    await completePort(request, document);
    return { ...document, ...moved, numbers: {}, pvt_ported_numbers: document.numbers };
  };
  return changePort(request, prepare, decide, (stored, reason) =>
    tellOfState(request, stored, state, reason),
  );
}

async function lastSubmitted(request: RestRequest): Promise<DataReply> {
  const data = (await portsOf(request)).flatMap((port) => {
    const last = timelineOf(request, port).findLast((one) => isSubmission(one['transition']));
    return last ? [{ id: port._id, transition: last }] : [];
  });
  return { data };
}

const isSubmission = (transition: unknown): boolean =>
  (transition as { new?: unknown } | undefined)?.new === 'submitted';

async function letter(request: RestRequest) {
  const port = await portOf(request);
  const { store } = request.services;
  const authority = await store.database('accounts').find(String(port.pvt_port_authority));
  const name = String(authority?.['name'] ?? 'the new carrier');
  return {
    body: await letterOfAuthorization(port, targetAccount(request).name, name),
    contentType: 'application/pdf',
    headers: { 'content-disposition': `attachment; filename="loa-${port._id}.pdf"` },
  };
}
