// Who asks: the administrator of the options, users of `_users`, basic and cookie authentication.
import { createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Databases, Settings } from './databases.ts';
import { badRequest, forbidden, unauthorized } from './errors.ts';
import { type Exchange, isObject, readBody, sendJson } from './exchange.ts';

/** Whoever sent a request; `name` is null for a stranger. */
export interface User {
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly method?: 'default' | 'cookie';
}

const STRANGER: User = { name: null, roles: [] };
const COOKIE_SECONDS = 600;
const ITERATIONS = 1000;
const WRONG = 'Name or password is incorrect.';

const equal = (a: string, b: string) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
const derive = (password: string, salt: string, iterations: number, prf: string, length: number) =>
  pbkdf2Sync(password, salt, iterations, length, prf === 'sha' ? 'sha1' : prf).toString('hex');

/** Replaces the plain password of a `_users` document by its pbkdf2 hash, as CouchDB does when it is saved. */
export function hashPassword(doc: Record<string, unknown>): void {
  const { password } = doc;
  if (typeof password !== 'string') return;
  const salt = randomBytes(16).toString('hex');
  delete doc['password'];
  Object.assign(doc, {
    password_scheme: 'pbkdf2',
    pbkdf2_prf: 'sha256',
    iterations: ITERATIONS,
    salt,
    derived_key: derive(password, salt, ITERATIONS, 'sha256', 32),
  });
}

export class Auth {
  readonly #admin: { name: string; password: string };
  readonly #adminHeader: string;
  readonly #secret = randomBytes(32).toString('hex');
  readonly #databases: Databases;

  constructor(databases: Databases, name: string, password: string) {
    this.#databases = databases;
    this.#admin = { name, password };
    this.#adminHeader = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  }

  /** The user of a request. Throws 401 for wrong credentials; none at all is a stranger. */
  async identify(x: Exchange): Promise<User> {
    const { authorization, cookie } = x.req.headers;
    if (authorization !== undefined && equal(authorization, this.#adminHeader)) return this.#adminUser();
    if (authorization?.startsWith('Basic ')) {
      const [name = '', ...rest] = Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(':');
      const user = await this.#check(name, rest.join(':'));
      if (!user) throw unauthorized(WRONG);
      return user;
    }
    const token = cookie?.match(/(?:^|;\s*)AuthSession=([^;]+)/)?.[1];
    return token ? this.#fromCookie(token) : STRANGER;
  }

  requireAdmin(x: Exchange): void {
    if (!x.user.roles.includes('_admin')) throw unauthorized('You are not a server admin.');
  }

  /** Throws unless the user may read and write the documents of the database. */
  requireMember(x: Exchange, { security }: Settings): void {
    if (x.user.roles.includes('_admin') || matches(x.user, security['admins'])) return;
    const { members } = security;
    if (isObject(members) && !isEmpty(members) && !matches(x.user, members)) throw this.#denied(x);
  }

  /** Throws unless the user administers the database. */
  requireDatabaseAdmin(x: Exchange, { security }: Settings): void {
    if (x.user.roles.includes('_admin') || matches(x.user, security['admins'])) return;
    throw unauthorized('You are not a db or server admin.');
  }

  async session(x: Exchange): Promise<void> {
    if (x.method === 'POST') return this.#login(x);
    if (x.method === 'DELETE') {
      const headers = { 'Set-Cookie': 'AuthSession=; Version=1; Path=/; HttpOnly' };
      return sendJson(x, 200, { ok: true }, headers);
    }
    const { name, roles, method } = x.user;
    const info = { authentication_handlers: ['cookie', 'default'], ...(method && { authenticated: method }) };
    sendJson(x, 200, { ok: true, userCtx: { name, roles }, info });
  }

  async #login(x: Exchange): Promise<void> {
    const text = (await readBody(x)).toString('utf8');
    let given: Record<string, unknown> = {};
    if (x.req.headers['content-type']?.includes('json')) {
      try {
        const parsed: unknown = JSON.parse(text);
        if (isObject(parsed)) given = parsed;
      } catch {
        throw badRequest('invalid UTF-8 JSON');
      }
    } else given = Object.fromEntries(new URLSearchParams(text));
    const name = given['name'] ?? given['username'];
    if (typeof name !== 'string') throw badRequest('request body must contain a username');
    if (typeof given['password'] !== 'string') throw badRequest('request body must contain a password');
    const user = await this.#check(name, given['password']);
    if (!user) throw unauthorized(WRONG, { 'Set-Cookie': 'AuthSession=; Version=1; Path=/; HttpOnly' });
    const token = this.#sign(name, Math.floor(Date.now() / 1000));
    const cookie = `AuthSession=${token}; Version=1; Max-Age=${COOKIE_SECONDS}; Path=/; HttpOnly`;
    sendJson(x, 200, { ok: true, name: user.name, roles: user.roles }, { 'Set-Cookie': cookie });
  }

  async #check(name: string, password: string): Promise<User | undefined> {
    if (name === this.#admin.name)
      return equal(password, this.#admin.password) ? this.#adminUser() : undefined;
    const doc = await this.#findUser(name);
    if (!doc || typeof doc['derived_key'] !== 'string' || typeof doc['salt'] !== 'string') return undefined;
    const prf = typeof doc['pbkdf2_prf'] === 'string' ? doc['pbkdf2_prf'] : 'sha';
    const key = derive(password, doc['salt'], Number(doc['iterations']), prf, doc['derived_key'].length / 2);
    return equal(key, doc['derived_key']) ? { name, roles: rolesOf(doc), method: 'default' } : undefined;
  }

  async #fromCookie(token: string): Promise<User> {
    const [name = '', time = ''] = Buffer.from(token, 'base64url').toString('utf8').split(':');
    const seconds = Number.parseInt(time, 16);
    if (!equal(token, this.#sign(name, seconds)) || seconds + COOKIE_SECONDS < Date.now() / 1000)
      return STRANGER;
    if (name === this.#admin.name) return { ...this.#adminUser(), method: 'cookie' };
    const doc = await this.#findUser(name);
    return doc ? { name, roles: rolesOf(doc), method: 'cookie' } : STRANGER;
  }

  #sign(name: string, seconds: number): string {
    const text = `${name}:${seconds.toString(16).toUpperCase()}`;
    const mark = createHmac('sha256', this.#secret).update(text).digest('hex');
    return Buffer.from(`${text}:${mark}`).toString('base64url');
  }

  async #findUser(name: string): Promise<Record<string, unknown> | undefined> {
    if (!this.#databases.has('_users')) return undefined;
    return this.#databases.use('_users', ({ pouch }) =>
      pouch.get(`org.couchdb.user:${name}`).catch((error: { status?: number }) => {
        if (error.status === 404) return undefined;
        throw error;
      }),
    );
  }

  #adminUser(): User {
    return { name: this.#admin.name, roles: ['_admin'], method: 'default' };
  }

  #denied(x: Exchange) {
    const reason = 'You are not authorized to access this db.';
    return x.user.name === null ? unauthorized(reason) : forbidden('You are not allowed to access this db.');
  }
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const rolesOf = (doc: Record<string, unknown>) =>
  listed(doc['roles']).filter((role): role is string => typeof role === 'string');
const isEmpty = (group: Record<string, unknown>) =>
  listed(group['names']).length === 0 && listed(group['roles']).length === 0;

function matches(user: User, group: unknown): boolean {
  if (!isObject(group)) return false;
  const inNames = user.name !== null && listed(group['names']).includes(user.name);
  return inNames || user.roles.some((role) => listed(group['roles']).includes(role));
}
