// Plays to a channel: events, terminators, breaks; for every application that makes a sound.

import { MediaError, openSource, type Source } from '../media/index.ts';
import type { Channel } from './channel.ts';
import { filePath } from './recording.ts';
import { untilAborted } from './waits.ts';

export interface PlayRequest {
  channel: Channel;
  /** Ends the playback: a break, a transfer, the hangup. */
  signal: AbortSignal;
  /** 0 means for ever. Default 1. */
  loops?: number;
  /** Told of each digit; the playback stops when it says true. Default: the channel's `playback_terminators`. */
  onDigit?: (digit: string) => boolean;
}

/** `*` ends a playback unless the channel says otherwise; `any` and `none` as they read. */
export function isTerminator(channel: Channel, digit: string): boolean {
  const terminators = channel.find('playback_terminators') ?? '*';
  if (/^none$/i.test(terminators)) return false;
  return /^any$/i.test(terminators) || terminators.includes(digit);
}

/** Plays one path and says how it went, in the words of FreeSWITCH's `playback`. */
export async function playPath(path: string, request: PlayRequest): Promise<string> {
  try {
    const source = await openUnless(request.signal, filePath(request.channel, path));
    return source ? await playSource(source, path, request) : 'PLAYBACK ERROR';
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    request.channel.core.log.info('nothing to play', { uuid: request.channel.uuid, path, error });
    return error.code === 'media_not_found' ? 'FILE NOT FOUND' : 'PLAYBACK ERROR';
  }
}

/** A server that is slow to answer must not hold a call that has ended meanwhile. */
async function openUnless(aborted: AbortSignal, path: string): Promise<Source | undefined> {
  const opening = openSource(path);
  const source = await Promise.race([opening, untilAborted(aborted)]);
  if (source) return source;
  opening.then(
    (late) => late.close(),
    () => undefined,
  );
  return undefined;
}

/** Plays a source that is already open; `path` is how its events name it. */
export async function playSource(source: Source, path: string, request: PlayRequest): Promise<string> {
  const { channel, signal, loops = 1 } = request;
  const { leg } = channel;
  if (!leg || signal.aborted) {
    source.close();
    return 'PLAYBACK ERROR';
  }
  const onDigit = request.onDigit ?? ((digit) => endsPlayback(channel, digit));
  const fields: [string, string][] = [
    ['Playback-File-Path', path],
    ['Playback-File-Type', /^(\w+):\/\//.exec(path)?.[1] ?? 'file'],
  ];
  channel.set('playback_terminator_used', undefined);
  channel.publish('PLAYBACK_START', fields);
  const over = new AbortController();
  const stop = () => leg.stopPlay();
  const playing = leg.play(source, { loops });
  signal.addEventListener('abort', stop, { once: true });
  const watching = watchDigits(channel, over.signal, onDigit, stop);
  const result = await playing;
  over.abort();
  signal.removeEventListener('abort', stop);
  const stopped = (await watching) || result.reason === 'stopped';
  channel.set('playback_ms', String(Math.round(result.playedMs)));
  channel.set('playback_seconds', String(Math.floor(result.playedMs / 1000)));
  channel.set('playback_samples', String(Math.round(result.playedMs * 8)));
  channel.set('playback_last_offset_pos', String(Math.round(result.playedMs * 8)));
  channel.publish('PLAYBACK_STOP', [...fields, ['Playback-Status', stopped ? 'break' : 'done']]);
  return 'FILE PLAYED';
}

function endsPlayback(channel: Channel, digit: string): boolean {
  if (!isTerminator(channel, digit)) return false;
  channel.set('playback_terminator_used', digit);
  return true;
}

/** True when a digit has stopped it. */
async function watchDigits(
  channel: Channel,
  over: AbortSignal,
  onDigit: (digit: string) => boolean,
  stop: () => void,
): Promise<boolean> {
  for (;;) {
    const digit = await channel.digits.next(over);
    if (digit === undefined) return false;
    if (onDigit(digit)) {
      stop();
      return true;
    }
  }
}
