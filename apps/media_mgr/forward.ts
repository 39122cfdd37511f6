// Recordings that a customer wants at a server of his own: passed on as they come in, under the names that Kazoo gives them.
import type { DocumentOf } from '../../core/contract/index.ts';
import type { callRecording } from '../../core/documents/index.ts';
import { AppError } from '../../core/errors/index.ts';

type Recording = DocumentOf<typeof callRecording>;

const timeout = 60_000;

/** Where the recording goes: the name of the file and what is known of the call stand in the URL. Throws `invalid_data`. */
export function destinationOf(recording: Recording, accountId: string): URL {
  const { url = '', media_type = 'wav', call_id = '' } = recording;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new AppError('invalid_data', { message: `recordings cannot be sent to ${JSON.stringify(url)}` });
  const file = encodeURIComponent(`call_recording_${call_id}.${media_type}`);
  const facts = new URLSearchParams({
    from: recording.from ?? '',
    to: recording.to ?? '',
    caller_id_name: recording.caller_id_name ?? '',
    caller_id_number: recording.caller_id_number ?? '',
    call_id,
    cdr_id: recording.cdr_id ?? '',
    interaction_id: recording.interaction_id ?? '',
    account_id: accountId,
  });
  const query = new URL(url).search.slice(1);
  if (query === '') return new URL(`${url.replace(/[/?]*$/, '')}/${file}?${facts}`);
  return new URL(`${url}${joint(query)}${file}&${facts}`);
}

/** A query that ends in a parameter without a value gives the file to that one. */
function joint(query: string): string {
  const last = query.split('&').at(-1) ?? '';
  if (!last.includes('=')) return '=';
  return last.endsWith('=') ? '' : '&recording=';
}

/** Sends it. Rejects with `bad_gateway`, which is retryable, unless the server has taken it. */
export async function forward(recording: Recording, accountId: string, body: Buffer): Promise<void> {
  const url = destinationOf(recording, accountId);
  const { username, password } = url;
  Object.assign(url, { username: '', password: '' });
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const response = await fetch(url, {
    method: recording.pvt_method === 'post' ? 'POST' : 'PUT',
    headers: {
      'content-type': recording.content_type ?? 'application/octet-stream',
      ...(username === '' ? {} : { authorization: `Basic ${credentials.toString('base64')}` }),
    },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(timeout),
  }).catch((cause: unknown) => {
    throw new AppError('bad_gateway', { message: `${url.host} cannot be reached`, cause });
  });
  await response.body?.cancel();
  if (!response.ok) throw new AppError('bad_gateway', { message: `${url.host} answered ${response.status}` });
}
