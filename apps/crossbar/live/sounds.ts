// Sounds that a client names, as the switch side names them; nobody plays what belongs to another account.
import { media } from '../../../core/documents/index.ts';
import { invalid, load, type RestRequest, targetAccount, targetDatabase } from '../engine/index.ts';

/** The Media-Name of a media document of the account, or of a URL. Rejects with `bad_identifier` or `<path>.required`. */
export async function soundOf(request: RestRequest, id: unknown, path: string): Promise<string> {
  if (typeof id !== 'string' || id === '')
    throw invalid(path, 'required', 'the id of a media document or a URL is required');
  if (/^https?:\/\//.test(id)) return id;
  const { _id } = await load(targetDatabase(request), media, id);
  return `/${targetAccount(request)._id}/${_id}`;
}
