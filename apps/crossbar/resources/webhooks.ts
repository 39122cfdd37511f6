// webhooks: URLs that are told of what happens in an account, and what became of it (contract/crossbar.md §6.3, §11).
import { type DocumentOf, resource, type Static, Type } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { webhook } from '../../../core/documents/index.ts';
import {
  type HookType,
  hookSamples,
  hookTypes,
  type Modifier,
  superduperNotifications,
} from '../../../core/hooks/index.ts';
import {
  accountEndpoint,
  auditFields,
  caller,
  type DataReply,
  idParameter,
  invalid,
  type ListReply,
  load,
  missing,
  monthList,
  operation,
  pathParameter,
  plain,
  publicPart,
  type RestRequest,
  targetAccount,
} from '../engine/index.ts';

type Hook = DocumentOf<typeof webhook>;

const reEnable = { accepts: Type.Object({ 're-enable': Type.Boolean() }) };
const attemptsList = { list: true };

export const webhooks = plain(
  resource({
    path: 'webhooks',
    summary: 'URLs that are told of what happens',
    document: webhook,
    shared: 'webhooks',
    listing: { design: 'webhooks', view: 'crossbar_listing' },
    example: { name: 'Calls to our CRM', hook: 'channel_create', uri: 'https://crm.example/calls' },
    validate: async (request: RestRequest, next) => {
      if (!/^https?:\/\/[^/]/i.test(String(next.uri)))
        throw invalid('uri', 'format', 'must be an address of http or https', { value: next.uri });
      checkModifiers(request, next as Partial<Hook>);
    },
    beforeSave: async (_, document) => {
      if (document.enabled !== false) delete document.pvt_disabled_message;
    },
    present: async (_, shown, { pvt_disabled_message }) =>
      pvt_disabled_message === undefined ? shown : { ...shown, disable_reason: pvt_disabled_message },
  }),
  [
    accountEndpoint('webhooks', {
      PATCH: operation(
        'admin',
        'Turns on again what was turned off because it failed',
        (request) => turnOn(request, [targetAccount(request)._id]),
        reEnable,
      ),
    }),
    accountEndpoint('descendants/webhooks', {
      PATCH: operation(
        'admin',
        'The same for all accounts below',
        async (request) => turnOn(request, await accountsBelow(request)),
        reEnable,
      ),
    }),
    accountEndpoint('webhooks/attempts', {
      GET: operation(
        'admin',
        'What became of events, newest first',
        (request) => attempts(request),
        attemptsList,
      ),
    }),
    accountEndpoint(`webhooks/:${idParameter}/attempts`, {
      GET: operation(
        'admin',
        'What became of the events of one hook, newest first',
        attemptsOf,
        attemptsList,
      ),
    }),
    accountEndpoint('webhooks/samples', {
      GET: operation('account', 'The kinds of hooks that have samples', async () => sampleNames),
    }),
    accountEndpoint('webhooks/samples/:sample', {
      GET: operation('account', 'What a hook of this kind is told', samples),
    }),
    {
      path: '/webhooks',
      operations: { GET: operation('public', 'The kinds of hooks there are', listTypes) },
    },
    {
      path: '/webhooks/samples',
      operations: {
        GET: operation('public', 'The kinds of hooks that have samples', async () => sampleNames),
      },
    },
    {
      path: '/webhooks/samples/:sample',
      operations: { GET: operation('public', 'What a hook of this kind is told', samples) },
    },
  ],
);

/** `custom_data` must choose among documents and notifications, so that nobody gets them all by mistake. */
function checkModifiers(request: RestRequest, { hook, custom_data = {} }: Partial<Hook>): void {
  const { modifiers = {} } = hookTypes.find(({ id }) => id === hook) ?? {};
  for (const [key, modifier] of Object.entries(modifiers)) {
    const path = `custom_data.${key}`;
    const value = custom_data[key];
    if (value === undefined)
      throw invalid(path, 'required', 'says which of them the hook is told of', { value });
    const target = valuesOf(modifier).filter((one) => caller(request).superduper || !isReserved(hook, one));
    if (!target.includes(String(value)))
      throw invalid(path, 'enum', 'is none that there is', { target, value });
  }
}

const valuesOf = (modifier: Modifier): readonly string[] =>
  modifier.type === 'array' ? modifier.items : Object.keys(modifier.items);
const isReserved = (hook: string | undefined, value: string): boolean =>
  hook === 'notifications' && superduperNotifications.includes(value);

/** Everybody may ask, and no token is looked at: what only operators may choose is left out. */
async function listTypes(): Promise<DataReply> {
  return { data: hookTypes.map(withoutReserved) };
}

function withoutReserved(type: HookType): HookType {
  const { modifiers: { type: choice } = {} } = type;
  if (choice?.type !== 'object') return type;
  const items = Object.entries(choice.items).filter(([value]) => !isReserved(type.id, value));
  return { ...type, modifiers: { type: { ...choice, items: Object.fromEntries(items) } } };
}

const sampleNames: DataReply = { data: Object.keys(hookSamples).map((name) => `webhooks_${name}`) };

async function samples(request: RestRequest): Promise<DataReply> {
  const name = pathParameter(request, 'sample');
  const kind = name.replace(/^webhooks_/, '');
  if (!Object.hasOwn(hookSamples, kind)) throw missing(name);
  return { data: hookSamples[kind] };
}

function attempts(request: RestRequest, hook?: string): Promise<ListReply> {
  return monthList(request, {
    design: 'webhooks',
    view: hook === undefined ? 'attempts_by_time_listing' : 'attempts_by_hook_listing',
    ...(hook === undefined ? { plainKey: true } : { prefix: [hook] }),
    options: { includeDocs: true },
    show: ({ doc }) => doc && attemptOf(doc),
    fileName: 'attempts',
  });
}

function attemptOf(document: StoredDocument): Record<string, unknown> {
  const { id: _, ...shown } = publicPart(document);
  return { ...shown, timestamp: document.pvt_created };
}

async function attemptsOf(request: RestRequest): Promise<ListReply> {
  const id = pathParameter(request, idParameter);
  const hook = await load(request.services.store.database('webhooks'), webhook, id);
  if (hook.pvt_account_id !== targetAccount(request)._id) throw missing(id);
  return attempts(request, id);
}

async function accountsBelow(request: RestRequest): Promise<string[]> {
  const { _id } = targetAccount(request);
  const rows = await request.services.store
    .database('accounts')
    .view('accounts', 'listing_by_descendants', { startKey: [_id], endKey: [_id, {}] });
  return rows.map(({ id }) => id);
}

/** Turns on what was turned off because it failed; what somebody turned off stays so. */
async function turnOn(
  request: RestRequest<Static<typeof reEnable.accepts>>,
  accounts: readonly string[],
): Promise<DataReply> {
  if (!request.data['re-enable'])
    throw invalid('re-enable', 'enum', 'there is nothing else to do', { target: [true], value: false });
  const database = request.services.store.database('webhooks');
  const isOff = (document: StoredDocument | undefined): boolean =>
    document?.['enabled'] === false && document['pvt_disabled_message'] !== undefined;
  const off: string[] = [];
  for (const account of accounts) {
    const rows = await database.view('webhooks', 'accounts_listing', {
      key: account,
      reduce: false,
      includeDocs: true,
    });
    off.push(...rows.filter(({ doc }) => isOff(doc)).map(({ id }) => id));
  }
  for (const id of off)
    await database.update(id, (document) => {
      const { pvt_disabled_message: _, ...rest } = document;
      return isOff(document)
        ? ({ ...rest, ...auditFields(request), enabled: true } as StoredDocument)
        : undefined;
    });
  return { data: off.length === 0 ? 'no hook was off because it failed' : 'hooks updated' };
}
