// Kazoo's maintenance functions that only look, as far as they mean something here; the rest is for the command mirliton.
import { getAt } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { regQuery } from '../../../core/messages/registration.ts';
import { findAccount, publicPart, type RestRequest } from '../engine/index.ts';
import { allChannels } from '../live/channels.ts';
import { clusterStatus } from './status.ts';

type Row = Readonly<Record<string, unknown>>;

interface Maintenance {
  /** Names of the arguments, in order. */
  readonly args: readonly string[];
  run(request: RestRequest, args: readonly string[]): Promise<unknown>;
}

const looks = (run: Maintenance['run'], ...args: readonly string[]): Maintenance => ({ args, run });

const modules: Readonly<Record<string, Readonly<Record<string, Maintenance>>>> = {
  crossbar_maintenance: {
    find_account_by_id: looks(async ({ services }, [id = '']) => {
      const account = await findAccount(services.store, id);
      return account ? publicPart(account) : null;
    }, 'id'),
    find_account_by_realm: looks(
      (request, [realm = '']) => accountsBy(request, 'listing_by_realm', realm),
      'realm',
    ),
    find_account_by_name: looks(
      (request, [name = '']) => accountsBy(request, 'listing_by_name', name),
      'name',
    ),
  },
  ecallmgr_maintenance: {
    channel_summary: looks((request) => allChannels(request)),
    channel_details: looks(
      async (request, [id]) => (await allChannels(request)).find(({ uuid }) => uuid === id) ?? null,
      'call_id',
    ),
    list_fs_nodes: looks((request) => ofApp(request, 'ecallmgr')),
  },
  kapps_config: {
    get: looks(
      async ({ services }, [category = '', key = '']) => {
        const stored = await services.store.database('system_config').find(category);
        return getAt(stored?.['default'], key) ?? null;
      },
      'category',
      'key',
    ),
  },
  kapps_controller: {
    running_apps: looks(async (request) => {
      const all = (await processes(request)).flatMap(({ apps }) => Object.keys(apps as Row));
      return [...new Set(all)].sort();
    }),
  },
  kz_nodes: { status: looks((request) => clusterStatus(request)) },
  registrar_maintenance: {
    registrations: looks(async ({ services }, [realm = '']) => {
      const answer = await services.bus.request(regQuery, { Realm: realm });
      return 'Fields' in answer ? (answer.Fields ?? []) : [];
    }, 'realm'),
  },
};

/** Every function with the names of its arguments, by module. */
export function functionsThatLook(): Row {
  return Object.fromEntries(
    Object.entries(modules).map(([module, functions]) => [
      module,
      Object.fromEntries(Object.entries(functions).map(([name, { args }]) => [name, args])),
    ]),
  );
}

/** Runs one; rejects when there is none of that name, or with another number of arguments. */
export async function look(request: RestRequest, path: readonly string[]): Promise<unknown> {
  const [module = '', name = '', ...args] = path;
  const functions = Object.hasOwn(modules, module) ? modules[module] : undefined;
  const found = functions && Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!found)
    throw new AppError('not_found', {
      message: `${module} ${name} is none of the functions that may be called here; others have a command of mirliton`,
      details: functionsThatLook(),
    });
  if (args.length !== found.args.length)
    throw new AppError('bad_request', {
      message: `${module} ${name} takes ${found.args.join(', ') || 'no arguments'}; ${args.length} were given`,
    });
  return found.run(request, args);
}

async function accountsBy({ services }: RestRequest, view: string, key: string): Promise<readonly unknown[]> {
  const rows = await services.store.database('accounts').view('accounts', view, { key });
  return rows.map(({ id, value }) => ({ id, ...(value as Row) }));
}

async function processes(request: RestRequest): Promise<Row[]> {
  const zones = Object.values(await clusterStatus(request)) as Record<string, Row[]>[];
  return zones.flatMap((nodes) => Object.values(nodes).flat());
}

const ofApp = async (request: RestRequest, app: string): Promise<unknown[]> =>
  (await processes(request)).flatMap(({ apps }) => (apps as Row)[app] ?? []);
