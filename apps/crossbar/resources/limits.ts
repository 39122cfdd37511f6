// limits: how many calls an account may have at once; one document of a fixed id.
import { limits as contract } from '../../../core/documents/index.ts';
import {
  accountEndpoint,
  auditFields,
  checkRevision,
  type DataReply,
  dataObject,
  merged,
  operation,
  privatePart,
  publicPart,
  type RestModule,
  type RestRequest,
  settablePart,
  targetDatabase,
} from '../engine/index.ts';

const documentId = 'limits';

const whole = { body: contract.schema, reply: contract.schema };

export const limits: RestModule = {
  name: 'limits',
  summary: 'How many calls an account may have at once',
  endpoints: [
    accountEndpoint('limits', {
      GET: operation('account', 'The limits of an account', read, { reply: contract.schema }),
      // An account does not raise its own limits: whoever sells them to it does.
      POST: operation(
        'ancestor',
        'Replaces the limits',
        (request) => change(request, (_, data) => data),
        whole,
      ),
      PATCH: operation('ancestor', 'Merges into the limits', (request) => change(request, merged), whole),
    }),
  ],
};

async function read(request: RestRequest): Promise<DataReply> {
  const document = await targetDatabase(request).find(documentId);
  return {
    data: publicPart(document ?? { _id: documentId, ...contract.accept({}) }),
    revision: document?._rev,
  };
}

type Merge = (before: Record<string, unknown>, data: Record<string, unknown>) => Record<string, unknown>;

async function change(request: RestRequest, merge: Merge): Promise<DataReply> {
  const database = targetDatabase(request);
  const data = settablePart(dataObject(request));
  const before = (await database.find(documentId, { fresh: true })) ?? {
    _id: documentId,
    pvt_type: contract.type,
  };
  checkRevision(request, before);
  const next = contract.accept(merge(settablePart(before), data));
  const saved = await database.save({
    ...next,
    ...privatePart(before),
    ...auditFields(request),
    _id: documentId,
  });
  return { data: publicPart(saved), revision: saved._rev };
}
