// Files of a port request: bills, signed letters; of any type, under names that are safe.
import { Type } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  attachmentName,
  attachmentReply,
  checkRevision,
  type DataReply,
  type Endpoint,
  invalid,
  oneUpload,
  operation,
  parameter,
  pathParameter,
  type RestRequest,
} from '../engine/index.ts';
import { portOf, ports } from './request.ts';
import { uploadsOf } from './show.ts';
import { isAuthority, isOpen, type PortRequest } from './states.ts';

const anyType = /^[\w.+-]+\/[\w.+*-]+$/;
/** Files of one request. */
const most = 50;

const files = Type.Record(
  Type.String(),
  Type.Object({ content_type: Type.String(), length: Type.Optional(Type.Integer()) }),
);

export function attachmentEndpoints(): Endpoint[] {
  const path = 'port_requests/:id/attachments';
  return [
    accountEndpoint(path, {
      GET: operation(
        'account',
        'Files of a request',
        async (request) => ({ data: uploadsOf(await portOf(request)) }),
        { reply: files },
      ),
      PUT: operation('admin', 'Adds a file to a request', add, {
        parameters: { filename: Type.Optional(Type.String()) },
        uploads: anyType,
        reply: files,
      }),
    }),
    accountEndpoint(`${path}/:name`, {
      GET: operation('account', 'A file of a request', download, { produces: ['*/*'] }),
      POST: operation('admin', 'Replaces a file of a request', replace, { uploads: anyType, reply: files }),
      DELETE: operation('admin', 'Removes a file of a request', remove, { reply: files }),
    }),
  ];
}

async function add(request: RestRequest): Promise<DataReply> {
  const file = oneUpload(request, anyType);
  const port = await portOf(request, { fresh: true });
  const wanted = parameter(request, 'filename');
  const name = attachmentName({ ...file, name: typeof wanted === 'string' ? wanted : file.name }, 'file');
  const names = Object.keys(uploadsOf(port));
  if (names.includes(name))
    throw invalid('filename', 'unique', 'there is a file of this name', { cause: name });
  if (names.length >= most) throw invalid('file', 'maxItems', `at most ${most} files`, { target: most });
  return { ...(await stored(request, port, name)), location: name };
}

async function replace(request: RestRequest): Promise<DataReply> {
  oneUpload(request, anyType);
  const { port, name } = await fileOf(request);
  return stored(request, port, name);
}

async function stored(request: RestRequest, port: PortRequest, name: string): Promise<DataReply> {
  checkRevision(request, port);
  const { body, contentType } = oneUpload(request, anyType);
  await ports(request).attach(port._id, name, body, contentType);
  return shown(request);
}

async function download(request: RestRequest) {
  const { port, name } = await fileOf(request);
  return attachmentReply(request, ports(request), port._id, name);
}

/** While a request is on its way its papers stay, but for who carries it out. */
async function remove(request: RestRequest): Promise<DataReply> {
  const { port, name } = await fileOf(request);
  checkRevision(request, port);
  if (!isOpen(port) && !isAuthority(request, port))
    throw new AppError('forbidden', {
      message: `files of a request stay when it is ${port.pvt_port_state}`,
      details: { cause: port.pvt_port_state },
    });
  await ports(request).detach(port._id, name);
  return shown(request);
}

async function fileOf(request: RestRequest): Promise<{ port: PortRequest; name: string }> {
  const port = await portOf(request, { fresh: true });
  const name = pathParameter(request, 'name');
  if (Object.hasOwn(uploadsOf(port), name)) return { port, name };
  throw new AppError('not_found', { message: 'the request has no such file', details: { cause: name } });
}

async function shown(request: RestRequest): Promise<DataReply> {
  const { _rev, ...port } = await portOf(request, { fresh: true });
  return { data: uploadsOf(port), revision: _rev };
}
