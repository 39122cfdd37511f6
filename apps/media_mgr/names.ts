// Media names as callers write them, taken apart (contract/kapi.md kapi_media, freeswitch.md §5).
import { accountDatabase } from '../../core/couch/index.ts';
import { AppError } from '../../core/errors/index.ts';

/** What a Media-Name asks for. */
export type MediaRequest =
  | { readonly kind: 'document'; readonly database: string; readonly id: string }
  | {
      readonly kind: 'prompt';
      readonly account: string | undefined;
      readonly prompt: string;
      readonly language: string | undefined;
    }
  | { readonly kind: 'store'; readonly database: string; readonly id: string; readonly attachment: string };

/**
 * `/account/id`, `/system_media/id`, `prompt://account/name/language`, `system_media/name` or `media:/account/id/attachment`
 * (where a recording is to be stored). An account may be given in any of its three forms. Throws `bad_identifier`.
 */
export function parseMediaName(name: string): MediaRequest {
  if (name.startsWith('prompt://')) {
    const [account = '', prompt = '', language = ''] = name.slice('prompt://'.length).split('/');
    if (prompt === '') throw malformed(name);
    const owner = account === '' || account === 'system_media' ? undefined : accountDatabase(account);
    return {
      kind: 'prompt',
      account: owner,
      prompt,
      language: language === '' ? undefined : language.toLowerCase(),
    };
  }
  if (name.startsWith('media:/')) {
    const [account = '', id = '', attachment = ''] = name.slice('media:/'.length).split('/');
    if (id === '' || attachment === '') throw malformed(name);
    return { kind: 'store', database: databaseOf(account), id, attachment };
  }
  const path = name.startsWith('/') ? name.slice(1) : name;
  const cut = path.lastIndexOf('/');
  if (cut <= 0 || cut === path.length - 1) throw malformed(name);
  const owner = path.slice(0, cut);
  const id = path.slice(cut + 1);
  if (owner === 'system_media' && !/%2f/i.test(id))
    return { kind: 'prompt', account: undefined, prompt: id, language: undefined };
  return { kind: 'document', database: databaseOf(owner), id };
}

function databaseOf(owner: string): string {
  return owner === 'system_media' ? owner : accountDatabase(owner);
}

function malformed(name: string): AppError {
  return new AppError('bad_identifier', { message: `not a media name: ${name}`, details: { name } });
}
