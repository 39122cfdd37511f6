// What providers publish about themselves: their discovery document and their keys, remembered for a while.
import type { Services } from '../engine/request.ts';
import { ask, failed, type Json } from './ask.ts';
import type { Provider } from './registry.ts';

interface Published {
  readonly at: number;
  readonly json: Json;
  /** When it was fetched before its time. */
  readonly renewedAt: number;
}

const keptMs = 600_000;
/** Rubbish must not have a document fetched each time. */
const renewedEveryMs = 30_000;
const mostKept = 100;
const known = new Map<string, Published>();

/** The document at `url`, at most ten minutes old, or fetched `anew`. Rejects with `bad_gateway`. */
export async function published(
  services: Services,
  provider: Provider,
  url: string,
  { anew = false }: { readonly anew?: boolean } = {},
): Promise<Json> {
  const kept = known.get(url);
  const now = Date.now();
  const renews = anew && now - (kept?.renewedAt ?? 0) > renewedEveryMs;
  if (kept && !renews && now - kept.at < keptMs) return kept.json;
  const { status, json } = await ask(services, { provider: provider._id, url });
  if (status !== 200) throw failed(provider._id, `answered ${status} at ${new URL(url).pathname}`);
  known.delete(url);
  known.set(url, { at: now, json, renewedAt: renews ? now : (kept?.renewedAt ?? 0) });
  for (const oldest of known.keys()) {
    if (known.size <= mostKept) break;
    known.delete(oldest);
  }
  return json;
}

/** A field of the discovery document, or undefined when there is none. */
export async function discovered(
  services: Services,
  provider: Provider,
  field: string,
): Promise<string | undefined> {
  if (provider.discovery === undefined) return undefined;
  const value = (await published(services, provider, provider.discovery))[field];
  return typeof value === 'string' ? value : undefined;
}
