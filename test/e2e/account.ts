// An account of a test's own, made over REST as any client would, with what the test puts into it.
import { randomBytes } from 'node:crypto';
import type { Rest } from './rest.ts';
import type { Zone } from './zone.ts';

/** A device as a phone needs it. */
export interface Line {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly realm: string;
  readonly proxy: string;
}

export interface TestAccount {
  readonly id: string;
  readonly realm: string;
  readonly rest: Rest;
  /** A device that signs in by digest. */
  device(data?: Record<string, unknown>): Promise<Line>;
  /** A user, by name. Returns the id. */
  user(data?: Record<string, unknown>): Promise<string>;
  callflow(number: string, flow: object, data?: object): Promise<string>;
  /** A device with an extension that rings it for 20 s. */
  extension(number: string, data?: Record<string, unknown>): Promise<Line>;
  /** Creates any document. Returns the id. */
  create(what: string, data: object): Promise<string>;
}

let made = 0;

/** Makes an account below the zone's first one. */
export async function newAccount(zone: Zone): Promise<TestAccount> {
  made += 1;
  const name = `e2e-${made}-${randomBytes(3).toString('hex')}`;
  const realm = `${name}.mirliton.test`;
  const { id } = await zone.rest.put('', { name, realm });
  return accountOf(zone.rest.on(id), realm, zone.facts.phones[0]?.proxy ?? '');
}

/** The same ways to fill an account that is there. */
export function accountOf(rest: Rest, realm: string, proxy: string): TestAccount {
  const create = async (what: string, data: object): Promise<string> => (await rest.put(what, data)).id;
  const device: TestAccount['device'] = async (data = {}) => {
    made += 1;
    const sip = { username: `dev${made}`, password: `secret${made}`, ...(data['sip'] as object) };
    const id = await create('devices', { name: sip.username, device_type: 'softphone', ...data, sip });
    return { id, username: sip.username, password: sip.password, realm, proxy };
  };
  const callflow: TestAccount['callflow'] = (number, flow, data = {}) =>
    create('callflows', { name: number, numbers: [number], flow, ...data });
  return {
    id: rest.accountId,
    realm,
    rest,
    create,
    device,
    callflow,
    user: (data = {}) => {
      made += 1;
      return create('users', { first_name: 'Test', last_name: `User ${made}`, ...data });
    },
    extension: async (number, data) => {
      const line = await device(data);
      await callflow(number, node('device', { id: line.id, timeout: 20 }));
      return line;
    },
  };
}

/** A node of a flow. */
export const node = (module: string, data: object = {}, children: object = {}): object => ({
  module,
  data,
  children,
});
