// Media names as the switch plays them (contract/freeswitch.md §5): URLs of media_mgr for documents and prompts, paths for recordings.
import { setTimeout as wait } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Bus } from '../../core/amqp/index.ts';
import { AppError, hasCode, toAppError } from '../../core/errors/index.ts';
import { mediaReq } from '../../core/messages/media.ts';
import { harmless } from './freeswitch/index.ts';

export interface MediaRequest {
  readonly callId: string;
  readonly accountId?: string | undefined;
  readonly language?: string | undefined;
  readonly voice?: 'male' | 'female' | undefined;
  /** Folder of the switch for recordings. */
  readonly recordings: string;
}

export interface Media {
  /** What the switch can play under this Media-Name. Rejects with `not_found` or what media_mgr answered. */
  playable(name: string, request: MediaRequest): Promise<string>;
  /** Where a recording is to be put; `destination` is a URL or `media:/account/doc/attachment`. */
  storeUrl(destination: string, request: MediaRequest): Promise<string>;
}

const direct = /^(silence_stream|tone_stream|local_stream|https?|http_cache|shout|file|file_string):\/\//;

// A caller rather hears nothing for a while than loses the place in a flow: whoever knows of media comes back by then.
const patience = 10_000;
const longestOutage = 60_000;
const askAgainAfter = 250;

export function createMedia(bus: Bus): Media {
  // A document that changes gets a new URL, and a media_mgr may die: an old answer may only live for moments.
  const known = new LRUCache<string, string>({ max: 5_000, ttl: 5_000 });
  /** The broker being away takes none of the patience: no call can do anything else meanwhile. */
  const ask = async (name: string, request: MediaRequest, type: 'new' | 'extant'): Promise<string> => {
    const given = performance.now() + longestOutage;
    for (let late = performance.now() + patience; ; ) {
      try {
        return await askOnce(name, request, type);
      } catch (error) {
        if (hasCode(error, 'bus_unreachable')) late = Math.min(given, performance.now() + patience);
        if (!toAppError(error).retryable || performance.now() > late) throw error;
      }
      await wait(askAgainAfter, undefined, { ref: false });
    }
  };
  const askOnce = async (name: string, request: MediaRequest, type: 'new' | 'extant'): Promise<string> => {
    const answer = await bus.request(mediaReq, {
      'Media-Name': name,
      'Stream-Type': type,
      'Call-ID': request.callId,
      'Account-ID': request.accountId,
      Language: request.language,
      Voice: request.voice,
    });
    if (answer['Event-Name'] === 'media_resp') return argument(answer['Stream-URL']);
    throw new AppError('not_found', {
      message: `no media ${name}: ${answer['Error-Msg'] ?? answer['Error-Code']}`,
    });
  };
  return {
    playable: async (name, request) => {
      if (direct.test(name)) return argument(name);
      if (!name.includes('/')) return recordingPath(request.recordings, name);
      const cached = known.get(name);
      if (cached !== undefined) return cached;
      const url = await ask(name, request, 'extant');
      known.set(name, url);
      return url;
    },
    storeUrl: async (destination, request) => {
      if (/^https?:\/\//.test(destination)) return argument(destination);
      const [, name] = /^media:(.+)$/.exec(destination) ?? [];
      if (name !== undefined) return ask(name, request, 'new');
      throw new AppError('invalid_data', {
        message: `cannot store to ${destination}: use http(s):// or media:/account/doc/attachment`,
      });
    },
  };
}

/** The file of a recording in the folder of the switch. Throws `invalid_data` for a name that leads elsewhere. */
export function recordingPath(folder: string, name: string): string {
  const file = /\.\w+$/.test(name) ? name : `${name}.wav`;
  if (!/^[\w][\w.-]{0,200}$/.test(file) || file.includes('..'))
    throw new AppError('invalid_data', {
      message: `${JSON.stringify(name)} cannot be the name of a recording`,
    });
  return `${folder.replace(/\/$/, '')}/${file}`;
}

// A URL is one word of an argument, and `${` in it would be expanded.
function argument(url: string): string {
  return harmless(url).replaceAll(' ', '%20');
}
