// Who asks: by a token wherever a client may put it, or by name and password with every request.
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../../core/errors/index.ts';
import type { Received } from '../engine/pipeline.ts';
import type { Auth } from '../engine/request.ts';
import { tokenOf } from '../engine/token.ts';
import { basicCredentials, byBasicCredentials } from './basic.ts';
import { remembered } from './remembered.ts';
import { readToken } from './tokens.ts';

/** Who asks, when it is known without looking anything up. */
export function knownCaller(
  { services, query, body }: Received,
  headers: IncomingHttpHeaders,
): Auth | undefined {
  if (headers.authorization !== undefined && headers['x-auth-token'] === undefined) return undefined;
  const token = tokenOf(headers, query, body.envelope);
  return token === undefined ? undefined : remembered(services.secrets, token);
}

/** Rejects with `invalid_credentials` or `locked`. */
export async function whoAsks(received: Received, headers: IncomingHttpHeaders): Promise<Auth> {
  const basic = basicCredentials(headers);
  if (basic !== undefined && headers['x-auth-token'] === undefined)
    return byBasicCredentials(received, basic);
  const token = tokenOf(headers, received.query, received.body.envelope);
  if (token === undefined) throw new AppError('invalid_credentials', { message: 'a token is needed' });
  return readToken(received.services, token);
}
