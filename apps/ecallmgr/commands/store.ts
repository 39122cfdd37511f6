// store: sends a recording of the switch away.
import { AppError } from '../../../core/errors/index.ts';
import type { ControlledCall } from '../control/call.ts';
import type { CommandOf, Completion } from '../control/command.ts';
import { recordingPath } from '../media.ts';
import { mediaRequest } from '../playing.ts';
import { unit } from './unit.ts';

const uploadTimeout = 120_000;

export const store = unit({ name: 'store', afterHangup: true, run: send });

/** Resolves when the file has been taken. */
export async function send(
  call: ControlledCall,
  command: CommandOf<'store'> | CommandOf<'store_vm'>,
): Promise<Completion> {
  const method = command['Media-Transfer-Method'];
  if (method === 'stream')
    throw new AppError('invalid_data', {
      message: `${command['Application-Name']} cannot stream into a message: use put`,
    });
  const file = recordingPath(call.around.recordings(), command['Media-Name']);
  return put(call, file, command['Media-Transfer-Destination'], method);
}

/** Sends a file of the switch to a URL, or to `media:/account/doc/attachment`. Resolves when it has been taken. */
export async function put(
  call: ControlledCall,
  file: string,
  destination: string,
  method: 'put' | 'post' = 'put',
): Promise<Completion> {
  const url = await call.around.media.storeUrl(destination, mediaRequest(call));
  const answer = await call.around.client.api(`http_${method} ${url} ${file}`, uploadTimeout);
  return { 'Application-Response': answer === '' ? 'success' : answer };
}
