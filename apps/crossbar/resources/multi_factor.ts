// multi_factor: who provides second factors, and the one-time passwords of a user (contract/crossbar.md §6.1).
import { resource, Type } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { multi_factor_provider as document, login_attempt, user } from '../../../core/documents/index.ts';
import { loginAttempts } from '../auth/attempts.ts';
import {
  beginEnrolment,
  type Person,
  removeEnrolment,
  shownSetup,
  totpProvider,
  useCode,
} from '../auth/second-factor.ts';
import {
  accountEndpoint,
  caller,
  type DataReply,
  idParameter,
  invalid,
  load,
  loadOfMonth,
  operation,
  pathParameter,
  plain,
  publicPart,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';

const listing = { design: 'auth', view: 'providers_by_type' };
const code = Type.Object({ code: Type.String({ minLength: 6, maxLength: 64 }) });
const maybeCode = Type.Object({ code: Type.Optional(code.properties.code) });

/** Needs no document: its settings are the standard's. */
const builtIn = {
  id: totpProvider,
  enabled: true,
  name: 'One-time passwords',
  provider_name: totpProvider,
  provider_type: 'multi_factor',
};

export const multi_factor = plain(
  resource({
    path: 'multi_factor',
    summary: 'Providers of second factors',
    document,
    example: { enabled: true, name: 'Codes', provider_name: totpProvider },
    listing,
    verbs: {
      collection: { PUT: 'admin' },
      item: { GET: 'admin', POST: 'admin', PATCH: 'admin', DELETE: 'admin' },
    },
    system: {
      database: 'system_auth',
      verbs: {
        collection: { PUT: 'superduper' },
        item: { GET: 'superduper', POST: 'superduper', PATCH: 'superduper' },
      },
    },
    beforeSave: async (_request: RestRequest, next) => {
      next.pvt_provider_type = 'multi_factor';
    },
  }),
  [
    {
      path: '/multi_factor',
      operations: {
        GET: operation('account', 'Providers of the system', async (request) => ({
          data: await ofSystem(request),
        })),
      },
    },
    accountEndpoint('multi_factor', {
      GET: operation('admin', 'Providers of the account and of the system', async (request) => ({
        data: {
          configured: await rowsOf(targetDatabase(request)),
          multi_factor_providers: await ofSystem(request),
        },
      })),
    }),
    accountEndpoint('multi_factor/attempts', {
      GET: operation(
        'admin',
        'Second factors that were tried, newest first',
        (request) => loginAttempts(request, 'multi_factor'),
        { list: true },
      ),
    }),
    accountEndpoint(`multi_factor/attempts/:${idParameter}`, {
      GET: operation('admin', 'A second factor that was tried', readAttempt, { reply: login_attempt.schema }),
    }),
    accountEndpoint('users/:user_id/multi_factor', {
      GET: operation('owner', 'Whether a user has a second factor', state),
      PUT: operation('owner', 'What sets up an authenticator app, until a code confirms it', begin),
      POST: operation('owner', 'Confirms a second factor with its first code', confirm, { accepts: code }),
      DELETE: operation('owner', 'Takes the second factor from a user', remove, { accepts: maybeCode }),
    }),
  ],
);

async function rowsOf(database: Database): Promise<unknown[]> {
  const rows = await database.view(listing.design, listing.view, {
    startKey: ['multi_factor'],
    endKey: ['multi_factor', {}],
  });
  return rows.map(({ value }) => value);
}

async function ofSystem({ services }: RestRequest): Promise<unknown[]> {
  return [builtIn, ...(await rowsOf(services.store.database('system_auth')))];
}

async function personOf(request: RestRequest): Promise<Person> {
  const id = pathParameter(request, 'user_id');
  const found = await load(targetDatabase(request), user, id, { fresh: true });
  return { account: targetAccount(request), user: found };
}

async function state(request: RestRequest): Promise<DataReply> {
  const { pvt_totp: enrolment } = (await personOf(request)).user;
  const enrolled = enrolment?.confirmed === true;
  return { data: { enrolled, ...(enrolled && { recovery_codes_left: enrolment.recovery?.length ?? 0 }) } };
}

/** Only its user may see the secret: an administrator can take a second factor away, and not use it. */
async function begin(request: RestRequest): Promise<DataReply> {
  const person = await ownOnly(request);
  const enrolment = await beginEnrolment(request.services, person);
  return { data: await shownSetup(request.services, person, enrolment) };
}

async function confirm(request: RestRequest<{ readonly code: string }>): Promise<DataReply> {
  const person = await ownOnly(request);
  if (!person.user.pvt_totp) throw invalid('code', 'invalid', 'begin with PUT');
  return { data: { enrolled: true, ...(await useCode(request, person, request.data.code)) } };
}

/** A user who takes their own away must still have it; a stolen token alone must not do. */
async function remove(request: RestRequest<{ readonly code?: string }>): Promise<DataReply> {
  const person = await personOf(request);
  const { admin, user: self } = caller(request);
  if (!admin || self?._id === person.user._id) {
    if (request.data.code === undefined) throw invalid('code', 'required', 'a code is needed');
    await useCode(request, person, request.data.code);
  }
  await removeEnrolment(request.services, person);
  return { data: { enrolled: false } };
}

async function ownOnly(request: RestRequest): Promise<Person> {
  const person = await personOf(request);
  if (caller(request).user?._id === person.user._id) return person;
  throw invalid('user_id', 'forbidden', 'only the user can set up a second factor');
}

async function readAttempt(request: RestRequest): Promise<DataReply> {
  const attempt = await loadOfMonth(request, login_attempt, pathParameter(request, idParameter));
  return { data: publicPart(attempt), revision: attempt._rev };
}
