// The media that legs of a bridge or an originate are to play, by their names, as the switch plays them.
import { errorText } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { Vars } from '../variables.ts';

export interface MediaSource {
  /** Whose prompts they are. */
  readonly accountId: string | undefined;
  /** What the switch can play under a Media-Name. */
  readonly playable: (name: string) => Promise<string>;
  readonly log: Logger;
}

/**
 * Confirmation prompts and music on hold of a command and its endpoints. Who is to confirm must hear what; music that is not to
 * be had is left out.
 */
export async function legMedia(
  command: Vars,
  endpoints: readonly Vars[],
  { accountId = 'system_media', playable, log }: MediaSource,
): Promise<Record<string, string>> {
  const prompts = namesUnder('Confirm-File', [command, ...endpoints]).map(async (name) => {
    const media = name.includes('/') ? name : `prompt://${accountId}/${name}/en-us`;
    return [[name, await playable(media)] as const];
  });
  const music = namesUnder('Hold-Media', endpoints).map(async (name) => {
    try {
      return [[name, await playable(name)] as const];
    } catch (error) {
      log.warn('no music on hold for a leg', { name, error: errorText(error) });
      return [];
    }
  });
  return Object.fromEntries((await Promise.all([...prompts, ...music])).flat());
}

/** The values of a field, of these and of their Custom-Channel-Vars. */
function namesUnder(field: string, given: readonly Vars[]): string[] {
  const values = given.flatMap((it) => [it[field], (it['Custom-Channel-Vars'] as Vars | undefined)?.[field]]);
  return [...new Set(values.filter((it): it is string => typeof it === 'string' && it !== ''))];
}
