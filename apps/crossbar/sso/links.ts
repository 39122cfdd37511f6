// Identities in `system_auth`: kept when somebody proves to have one, linked to a user by that user, and found again.
import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { DocumentOf } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { auth_link } from '../../../core/documents/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { load, missing, storedAs, typed } from '../engine/documents.ts';
import type { AccountDocument, Services, UserDocument } from '../engine/request.ts';
import type { Profile } from './profile.ts';
import { type AuthApp, findApp, registry, serves } from './registry.ts';

export type Link = DocumentOf<typeof auth_link>;

/** Default of `auth.oauth.link_within_s`. */
const linkWithin = 900;
/** Seconds after which an identity that nobody linked is forgotten. */
const forgottenAfter = 86_400;

const now = (): number => Math.floor(Date.now() / 1000);
const isLinked = (link: Link): boolean =>
  link.pvt_account_id !== undefined && link.pvt_owner_id !== undefined;

/**
 * Whoever knows the id may link the identity for a while after it was proved, so nobody else may guess it: what names a
 * person at a provider is often known to many.
 */
function idOf({ secrets }: Services, app: AuthApp, identity: string): string {
  const name = JSON.stringify([app._id, identity]);
  const sealed = createHmac('sha256', secrets.systemSecret).update(`outside identity ${name}`).digest('hex');
  return `${prefixOf(app)}-${sealed.slice(0, 40)}`;
}

const prefixOf = (app: AuthApp): string => app.pvt_user_prefix ?? String(app.pvt_auth_provider);

/** Notes that somebody has just proved to have an identity; the link as it stands now. */
export async function proved(
  services: Services,
  app: AuthApp,
  profile: Profile,
  scope: string | undefined,
): Promise<Link> {
  const database = registry(services.store);
  const id = idOf(services, app, profile.identity);
  const fresh = { ...fieldsOf(profile, scope), pvt_proved_at: now() };
  const standing = (await linkOfKazoo(services, app, profile.identity)) ?? id;
  const write = () =>
    database.update(standing, (document) => {
      const next = { ...document, ...fresh };
      // A login must not cost a write each time: when it was proved matters only until it is linked.
      const same = isLinked(document as Link) && isDeepStrictEqual(withoutTime(document), withoutTime(next));
      return same ? undefined : next;
    });
  try {
    return storedAs(auth_link, await write());
  } catch (error) {
    if (!hasCode(error, 'not_found')) throw error;
  }
  const document = {
    ...fresh,
    _id: id,
    pvt_type: auth_link.type,
    pvt_app_id: app._id,
    pvt_app_provider_id: app.pvt_auth_provider,
    pvt_app_account_id: app.pvt_account_id,
    pvt_user_identity: profile.identity,
  } as StoredDocument;
  const saved = await database.save(document).catch((error: unknown) => {
    // The same person came twice at once.
    if (hasCode(error, 'datastore_conflict')) return write();
    throw error;
  });
  return storedAs(auth_link, saved);
}

const withoutTime = ({ pvt_proved_at: _, ...rest }: Readonly<Record<string, unknown>>): object => rest;

/** Kazoo's id of an identity says it openly. One that is linked there still counts; for others ours is made. */
async function linkOfKazoo({ store }: Services, app: AuthApp, identity: string): Promise<string | undefined> {
  const id = `${prefixOf(app)}-${identity}`;
  if (id.length > 256 || id.startsWith('_')) return undefined;
  const found = typed(auth_link, await registry(store).find(id));
  return found && isLinked(found) && found.pvt_app_id === app._id ? id : undefined;
}

function fieldsOf(profile: Profile, scope: string | undefined): Readonly<Record<string, unknown>> {
  const { email, verifiedEmail, displayName, photoUrl, said } = profile;
  return {
    profile: said,
    ...(email !== undefined && { email }),
    ...(verifiedEmail !== undefined && { verified_email: verifiedEmail }),
    ...(displayName !== undefined && { display_name: displayName }),
    ...(photoUrl !== undefined && { photo_url: photoUrl }),
    ...(scope !== undefined && { scope, scopes: scope.split(/[ ,;]+/).filter((part) => part !== '') }),
  };
}

/** The identity that a token of ours speaks of, or undefined when it is gone. */
export async function findLink({ store }: Services, id: string): Promise<Link | undefined> {
  return typed(auth_link, await registry(store).find(id, { fresh: true }));
}

/**
 * Ties an identity to a user who knows its id, because they have just proved to have it. Rejects with `bad_identifier` for
 * any other id, also for an identity that somebody else has.
 */
export async function linkTo(
  services: Services,
  id: string,
  { account, user }: { readonly account: AccountDocument; readonly user: UserDocument },
): Promise<Link> {
  const { store, systemConfig } = services;
  const link = await load(registry(store), auth_link, id, { fresh: true });
  if (isLinked(link)) {
    if (link.pvt_account_id === account._id && link.pvt_owner_id === user._id) return link;
    throw missing(id);
  }
  const app = await findApp(store, String(link.pvt_app_id));
  const within = await systemConfig.get('crossbar', 'auth.oauth.link_within_s', linkWithin);
  if (!app || !serves(app, account) || now() - (link.pvt_proved_at ?? 0) > within) throw missing(id);
  const saved = await registry(store).update(id, (document) => {
    // Somebody else was faster.
    if (isLinked(document as Link)) throw missing(id);
    return { ...document, pvt_account_id: account._id, pvt_owner_id: user._id };
  });
  return storedAs(auth_link, saved);
}

/** Forgets an identity: whoever has it must prove it again before they can link it again. */
export async function unlink({ store }: Services, { _id }: Link): Promise<void> {
  await registry(store).remove(_id, { hard: true });
}

/** Forgets the identities that an app knew. */
export const forgetLinksOf = (services: Services, app: string): Promise<void> =>
  forget(services, 'auth', 'auth_by_system_ids', [app]);

/** Forgets the identities of a user, or of all users of an account: who has one may be somebody else one day. */
export const forgetLinksTo = (services: Services, account: string, user?: string): Promise<void> =>
  forget(services, 'users', 'list_linked_users', user === undefined ? [account] : [account, user]);

/** Forgets the identities of an account that is deleted, and its apps with those that they knew. */
export async function forgetAccount(services: Services, account: string): Promise<void> {
  await forgetLinksTo(services, account);
  const database = registry(services.store);
  for (const { id } of await database.view('apps', 'list_by_account', { key: account, fresh: true })) {
    await database.remove(id, { hard: true });
    await forgetLinksOf(services, id);
  }
}

async function forget(
  { store }: Services,
  design: string,
  view: string,
  prefix: readonly string[],
): Promise<void> {
  const range = { startKey: prefix, endKey: [...prefix, {}], fresh: true };
  for (const { id } of await registry(store).view(design, view, range))
    await registry(store).remove(id, { hard: true });
}

/** Forgets identities that nobody linked within a day, `limit` of them at most. How many. */
export async function forgetUnlinked({ store }: Services, limit = 1000): Promise<number> {
  const rows = await registry(store).view('users', 'list_linked_users', {
    startKey: [null],
    endKey: [null, {}],
    includeDocs: true,
    limit,
  });
  const over = rows.filter(({ doc }) => now() - Number(doc?.['pvt_proved_at'] ?? 0) > forgottenAfter);
  for (const { id } of over) await registry(store).remove(id, { hard: true });
  return over.length;
}
