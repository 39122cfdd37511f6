// mms: multimedia messages of the months (contract/crossbar.md §6.3). Nothing in the cluster sends one.
import { type Static, Type } from '../../../core/contract/index.ts';
import { mms as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import { type DataReply, invalid, operation, type RestModule, type RestRequest } from '../engine/index.ts';
import { messageEndpoints, numberFrom, senderOf } from '../live/messages.ts';

const accepts = Type.Object(contract.fields);
const files = /^(image|audio|video)\/|^application\/smil\b|^text\/(plain|x?-?vcard)\b/;

export const mms: RestModule = {
  name: 'mms',
  summary: 'Multimedia messages',
  endpoints: messageEndpoints(contract, 'mms', (permission) =>
    operation(permission, 'Would send a multimedia message; nobody does', send, { accepts, uploads: files }),
  ),
};

/** Says what is wrong with the message, and then that there is nobody to send it: nothing is kept. */
async function send(request: RestRequest<Static<typeof accepts>>): Promise<DataReply> {
  const { body, to, from } = request.data;
  if (body === undefined && request.uploads.length === 0)
    throw invalid('body', 'required', 'give a body in MIME, or upload a file');
  numberFrom(request, await senderOf(request), from, findE164(to) === undefined ? 'internal' : 'external');
  throw new AppError('nobody_listens', { message: 'nobody in this cluster sends multimedia messages' });
}
