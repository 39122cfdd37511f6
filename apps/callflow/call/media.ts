// Names of media and prompts as the switch side understands them, and playing them.
import type { Call } from './call.ts';

/** The keys that end what plays, unless a node says otherwise. */
export const anyKey = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

/**
 * The Media-Name of what a callflow names: a document of the account becomes `/account/id`; paths, URLs, tone and
 * silence streams and `tts://` stay as they are.
 */
export function mediaName(call: Call, id: string): string {
  return id.startsWith('/') || id.includes('://') ? id : `/${call.state.accountId}/${id}`;
}

/** The Media-Name of a system prompt in the language of the call; an account's own prompt of that name wins. */
export function prompt(call: Call, name: string): string {
  return `prompt://${call.state.accountId}/${name}/${call.state.language}`;
}

/** Answers the call once. */
export async function ensureAnswered(call: Call): Promise<void> {
  if (call.answered) return;
  await call.execute('answer', {}, 10_000);
  call.answered = true;
}

/** Plays to the end or to a terminator; returns the digit that ended it. */
export async function play(
  call: Call,
  media: string,
  options: {
    readonly terminators?: readonly string[];
    readonly endless?: boolean;
    readonly loops?: number;
  } = {},
): Promise<string | undefined> {
  const done = await call.execute('play', {
    'Media-Name': media,
    Terminators: [...(options.terminators ?? anyKey)],
    'Endless-Playback': options.endless === true ? true : undefined,
    'Loop-Count': options.loops,
  });
  return done['DTMF-Digit'];
}
