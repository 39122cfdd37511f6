// users: the people of an account, and what they log in with.
import { resource } from '../../../core/contract/index.ts';
import { user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { newUser } from '../../../core/messages/notification.ts';
import { credentialFields, newSignatureSecret, removeCredentials } from '../auth/credentials.ts';
import { openSession } from '../auth/session.ts';
import {
  type Auth,
  accountEndpoint,
  caller,
  dataObject,
  invalid,
  load,
  operation,
  parameter,
  pathParameter,
  plain,
  type RawReply,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { devicesOf } from '../live/phones.ts';
import { dropOrder, syncIfAsked, tellOfUser } from '../live/registered.ts';
import { tell } from '../live/tell.ts';
import { normalizeEmergency } from '../people/emergency.ts';
import { findPhoto, photoTypes, readPhoto, removePhoto, writePhoto } from '../people/photo.ts';
import { vcard } from '../people/vcard.ts';
import { forgetLinksTo } from '../sso/links.ts';

export const users = plain(
  resource({
    path: 'users',
    summary: 'The people of an account',
    document: user,
    listing: { design: 'users', view: 'crossbar_listing' },
    example: { first_name: 'Ann', last_name: 'Other', username: 'ann1', email: 'ann@acme.test' },
    verbs: {
      collection: { GET: 'account', PUT: 'admin' },
      item: { GET: 'account', POST: 'owner', PATCH: 'owner', DELETE: 'admin' },
    },
    unique: [
      { field: 'username', listing: { design: 'users', view: 'list_by_username' } },
      { field: 'hotdesk.id', listing: { design: 'users', view: 'list_by_hotdesk_id' } },
      { field: 'presence_id', listing: { design: 'users', view: 'list_by_presence_id' } },
    ],
    validate: async (request: RestRequest, next, previous) => {
      if (next.username !== undefined) next.username = next.username.toLowerCase();
      normalizeEmergency(next);
      dropOrder(next);
      // What a form asks for twice is kept no more than the password.
      delete next['confirm_password'];
      // Nobody makes themselves an administrator, or undoes what an administrator set.
      checkPrivileges(caller(request), next, previous);
      checkCredentials(next, previous);
    },
    beforeSave: async (request, document, previous) => {
      const { password, username } = document;
      delete document.password;
      // Whose username is gone logs in no more, and neither do the tokens that are about.
      if (username === undefined && removeCredentials(document))
        document.pvt_signature_secret = newSignatureSecret();
      if (password !== undefined && username !== undefined) {
        removeCredentials(document);
        if (caller(request).user?._id === document._id) document.require_password_update = false;
        const { systemSecret } = request.services.secrets;
        Object.assign(
          document,
          await credentialFields(
            systemSecret,
            targetAccount(request)._id,
            typedName(request, username),
            password,
          ),
        );
      } else document.pvt_signature_secret ??= previous ? '' : newSignatureSecret();
    },
    afterSave: async (request, document, previous) => {
      await syncIfAsked(request, previous ? await devicesOf(targetDatabase(request), document._id) : []);
      if (previous) await tellOfUser(request, previous, document);
      else await welcome(request, document._id);
    },
    afterDelete: async (request, document) => {
      await forgetLinksTo(request.services, targetAccount(request)._id, document._id);
      await tellOfUser(request, document, undefined);
    },
  }),
  [
    accountEndpoint('users/:user_id/photo', {
      GET: operation(
        'account',
        'The photo of a user',
        (request) => readPhoto(request, targetDatabase(request), user, pathParameter(request, 'user_id')),
        { produces: ['image/*'] },
      ),
      POST: operation(
        'owner',
        'Uploads the photo of a user',
        (request) => writePhoto(request, targetDatabase(request), user, pathParameter(request, 'user_id')),
        { uploads: photoTypes },
      ),
      DELETE: operation('owner', 'Removes the photo of a user', (request) =>
        removePhoto(targetDatabase(request), user, pathParameter(request, 'user_id')),
      ),
    }),
    accountEndpoint('users/:user_id/vcard', {
      GET: operation('account', 'A user as a vCard', card, { produces: ['text/x-vcard'] }),
    }),
    accountEndpoint('users/:user_id/user_auth', {
      PUT: operation('superduper', 'A token for somebody else, to see what they see', impersonate),
    }),
  ],
);

const privileged = ['priv_level', 'role', 'enabled', 'username', 'feature_level'] as const;
type Privileges = Readonly<Partial<Record<(typeof privileged)[number], unknown>>>;

/**
 * Nobody makes themselves an administrator, or undoes what an administrator set; and who bears a role gives no rights
 * and takes none, nor the password of who has more.
 */
function checkPrivileges(
  { admin, role, user: self }: Auth,
  next: Privileges,
  previous: (Privileges & { readonly _id: string }) | undefined,
): void {
  const changed = privileged.filter((field) => next[field] !== previous?.[field]);
  const refuse = (message: string): never => {
    throw new AppError('forbidden', { message });
  };
  if (!admin && changed.length > 0) refuse(`${String(changed[0])} is set by an administrator`);
  if (!role || (previous && previous._id === self?._id && changed.length === 0)) return;
  if (changed.includes('role') || (next.priv_level ?? 'user') !== (previous?.priv_level ?? 'user'))
    refuse('rights are given by an administrator');
  if (previous?.priv_level === 'admin' || previous?.role !== undefined)
    refuse('who has rights of their own is changed by an administrator');
}

/** A mail to somebody who can log in now, unless the client says no (`send_email_on_creation`). */
async function welcome(request: RestRequest, id: string): Promise<void> {
  if (String(parameter(request, 'send_email_on_creation')) === 'false') return;
  const { password } = dataObject(request);
  await tell(request.services, newUser, {
    'Account-ID': targetAccount(request)._id,
    'User-ID': id,
    ...(typeof password === 'string' && { Password: password }),
  });
}

async function card(request: RestRequest): Promise<RawReply> {
  const database = targetDatabase(request);
  const person = await load(database, user, pathParameter(request, 'user_id'));
  const { first_name, last_name, email, timezone, caller_id, profile } = person;
  const text = vcard({
    first: first_name,
    last: last_name,
    org: targetAccount(request).org,
    email,
    timezone,
    numbers: [caller_id?.internal?.number, caller_id?.external?.number],
    profile,
    photo: await findPhoto(database, person),
  });
  return { body: text, contentType: 'text/x-vcard; charset=utf-8' };
}

/** The name as the client wrote it, where that is how it logs in too. */
function typedName(request: RestRequest, username: string): string {
  const typed = dataObject(request)['username'];
  return typeof typed === 'string' && typed.toLowerCase() === username ? typed : username;
}

/** A digest is made of name and password: neither can change alone. */
function checkCredentials(
  next: { readonly username?: string; readonly password?: string },
  previous:
    | { readonly username?: string; readonly pvt_argon2_auth?: object; readonly pvt_md5_auth?: string }
    | undefined,
): void {
  const { username, password } = next;
  if (password !== undefined && username === undefined)
    throw invalid('username', 'required', 'a password needs a username');
  if (password === '') throw invalid('password', 'minLength', 'must not be empty', { target: 1 });
  const known = previous?.pvt_argon2_auth ?? previous?.pvt_md5_auth;
  if (username === undefined || !known) return;
  if (password === undefined && username.toLowerCase() !== previous?.username?.toLowerCase())
    throw invalid('password', 'required', 'a new username needs the password again');
}

/** A token for somebody else, to see what they see. */
async function impersonate(request: RestRequest) {
  if (request.envelope['action'] !== 'impersonate_user')
    throw invalid('action', 'enum', 'must be impersonate_user', { target: ['impersonate_user'] });
  const account = targetAccount(request);
  const person = await load(targetDatabase(request), user, pathParameter(request, 'user_id'));
  const { account: own, user: self, original } = caller(request);
  return openSession(
    request,
    { account, user: person, original: original ?? { accountId: own._id, ownerId: self?._id } },
    { method: 'cb_user_auth' },
  );
}
