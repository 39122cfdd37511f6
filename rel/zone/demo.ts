// The demo account, made once over REST as any client would: two people with phones, an IVR, music.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFirstAccount } from '../../apps/crossbar/bootstrap.ts';
import type { AppContext } from '../../core/app/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { restClient } from './rest-client.ts';

/** What a person needs to make the first call. */
export interface Demo {
  readonly account: { readonly id: string; readonly name: string; readonly realm: string };
  readonly login: { readonly username: string; readonly password: string; readonly account_name: string };
  readonly phones: readonly {
    readonly extension: string;
    readonly username: string;
    readonly password: string;
    readonly realm: string;
  }[];
  readonly dial: { readonly ivr: string; readonly echo: string; readonly music: string };
}

const account = { name: 'demo', realm: 'demo.mirliton.test' };
const dial = { ivr: '5000', echo: '*43', music: '5002' };
const people = [
  { first_name: 'Alice', last_name: 'Demo', extension: '1001' },
  { first_name: 'Bob', last_name: 'Demo', extension: '1002' },
];

/**
 * The demo account of this zone: made when the store has no account yet, else as it was made. Undefined when the
 * store has accounts of somebody else. `context` is crossbar's.
 */
export async function demo(context: AppContext, api: string, folder: string): Promise<Demo | undefined> {
  const file = join(folder, 'demo.json');
  if (existsSync(file)) return read(file);
  const password = secret();
  const made = await createFirstAccount(context, { ...account, username: 'admin', password });
  if (!made) return undefined;
  const login = { username: 'admin', password, account_name: account.name };
  const phones = people.map(({ extension }) => ({
    extension,
    username: `phone${extension}`,
    password: secret(),
    realm: account.realm,
  }));
  const result = { account: { id: made.accountId, ...account }, login, phones, dial };
  await fill(api, result);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`, { mode: 0o600 });
  return result;
}

function read(file: string): Demo {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Demo;
  } catch (cause) {
    throw new AppError('invalid_config', {
      message: `${file} cannot be read: ${errorText(cause)}; remove it to go on without the demo`,
      cause,
    });
  }
}

// Letters and digits only: it is typed into softphones and command lines.
function secret(): string {
  return randomBytes(12).toString('hex').slice(0, 16);
}

async function fill(api: string, { account: { id }, login, phones }: Demo): Promise<void> {
  const rest = await restClient(api, login);
  const create = (what: string, data: object): Promise<{ readonly id: string }> =>
    rest.put(`accounts/${id}/${what}`, data);
  const users: { readonly id: string; readonly extension: string }[] = [];
  for (const [index, { extension, ...person }] of people.entries()) {
    const { id: owner_id } = await create('users', {
      ...person,
      presence_id: extension,
      caller_id: { internal: { name: person.first_name, number: extension } },
    });
    const { username, password } = phones[index] as Demo['phones'][number];
    await create('devices', {
      name: `${person.first_name}'s phone`,
      owner_id,
      device_type: 'softphone',
      sip: { username, password },
    });
    await create('callflows', { name: person.first_name, numbers: [extension], flow: ringing(owner_id) });
    users.push({ id: owner_id, extension });
  }
  const { id: menu } = await create('menus', {
    name: 'Welcome',
    media: { greeting: '/system_media/en-us%2Fdemo-welcome' },
    max_extension_length: 4,
  });
  const children = Object.fromEntries(users.map((user, index) => [String(index + 1), ringing(user.id)]));
  const music = node('play', { id: 'local_stream://default', endless_playback: true });
  await create('callflows', {
    name: 'IVR',
    numbers: [dial.ivr],
    flow: node('menu', { id: menu }, { ...children, 3: music }),
  });
  await create('callflows', { name: 'Music', numbers: [dial.music], flow: music });
  await create('callflows', { name: 'Out through carriers', numbers: ['no_match'], flow: node('offnet') });
}

const node = (module: string, data: object = {}, children: object = {}): object => ({
  module,
  data,
  children,
});
const ringing = (user: string): object => node('user', { id: user, timeout: 30 });
