// Every app that a zone runs, in the order in which they start. Stopping goes the other way. A process loads those it runs.
import type { App } from '../../core/app/index.ts';
import type { Settings } from '../../core/config/index.ts';
import { AppError } from '../../core/errors/index.ts';

const loaders = {
  media_mgr: async () => (await import('../../apps/media_mgr/app.ts')).media_mgr,
  cdr: async () => (await import('../../apps/cdr/app.ts')).cdr,
  registrar: async () => (await import('../../apps/registrar/app.ts')).registrar,
  trunkstore: async () => (await import('../../apps/trunkstore/app.ts')).trunkstore,
  callflow: async () => (await import('../../apps/callflow/app.ts')).callflow,
  milliwatt: async () => (await import('../../apps/milliwatt/app.ts')).milliwatt,
  webhooks: async () => (await import('../../apps/webhooks/app.ts')).webhooks,
  teletype: async () => (await import('../../apps/teletype/app.ts')).teletype,
  blackhole: async () => (await import('../../apps/blackhole/app.ts')).blackhole,
  crossbar: async () => (await import('../../apps/crossbar/app.ts')).crossbar,
  ecallmgr: async () => (await import('../../apps/ecallmgr/app.ts')).ecallmgr,
  edge: async () => (await import('../../apps/registrar/edge/app.ts')).edge,
  kamailio_bridge: async () => (await import('../../apps/registrar/kamailio/app.ts')).kamailio_bridge,
} satisfies Record<string, () => Promise<App>>;

export type AppName = keyof typeof loaders;

export const appNames = Object.keys(loaders) as readonly AppName[];

/** Those that have something to do under these settings: of the two edges, the one that is chosen. */
export function appsOf({ edge }: Settings): AppName[] {
  const idle = { edge: edge.kind !== 'drachtio', kamailio_bridge: edge.kind !== 'kamailio' };
  return appNames.filter((name) => !(idle as Partial<Record<AppName, boolean>>)[name]);
}

/** Reads `a,b`, `all` or `none`. Throws `invalid_data` when an app is not known. */
export function parseApps(words: string, all: readonly AppName[]): AppName[] {
  if (words === 'all') return [...all];
  return pick('app', words, appNames);
}

/** The names of a list `a,b`, each once and in the order of `known`; `none` is the empty list. */
export function pick<T extends string>(what: string, words: string, known: readonly T[]): T[] {
  const wanted = words === 'none' ? [] : words.split(',').map((word) => word.trim());
  const wrong = wanted.find((word) => !known.includes(word as T));
  if (wrong !== undefined)
    throw new AppError('invalid_data', {
      message: `there is no ${what} ${wrong || '(nothing between two commas)'}; known are ${known.join(', ')}`,
    });
  return known.filter((name) => wanted.includes(name));
}

export function loadApps(names: readonly AppName[]): Promise<App[]> {
  return Promise.all(names.map((name) => loaders[name]()));
}
