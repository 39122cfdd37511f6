// callflows: what happens to calls to some numbers.
import { type FlowNode, isRecord, resource } from '../../../core/contract/index.ts';
import { callflow, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { toE164 } from '../../../core/telephony/index.ts';
import {
  accountEndpoint,
  invalid,
  type ListReply,
  list,
  load,
  operation,
  pathParameter,
  plain,
  publicPart,
  type RestRequest,
  targetDatabase,
} from '../engine/index.ts';
import { checkFlow } from '../flows/check.ts';
import { checkUsable, markUse } from '../numbers/use.ts';

const usedBy = 'callflow';
const listing = { design: 'callflows', view: 'crossbar_listing' };

export const callflows = plain(
  resource({
    path: 'callflows',
    summary: 'What happens to calls to some numbers',
    document: callflow,
    listing,
    example: { name: 'Sales', numbers: ['+14155550101'], flow: { module: 'sleep', data: { duration: 1 } } },
    unique: [
      { field: 'numbers', listing: { design: 'callflows', view: 'listing_by_number' } },
      { field: 'patterns', listing: { design: 'callflows', view: 'listing_by_pattern' } },
    ],
    validate: async (request: RestRequest, next, previous) => {
      // Computed when it is read; clients send back what they got.
      delete next['metadata'];
      if (next.numbers) next.numbers = [...new Set(next.numbers.map((number) => toE164(number)))];
      const empty = next.numbers?.indexOf('') ?? -1;
      if (empty >= 0) throw invalid(`numbers.${empty}`, 'minLength', 'must not be empty', { target: 1 });
      if (!next.numbers?.length && !next.patterns?.length)
        throw invalid('numbers', 'required', 'a callflow needs numbers or patterns');
      checkPatterns(next.patterns ?? []);
      await checkUsable(request, previous?.numbers ?? [], next.numbers ?? []);
      await checkFlow(request.services, (next.flow ?? {}) as FlowNode);
    },
    afterSave: (request, document, previous) =>
      markUse(request, usedBy, previous?.numbers ?? [], document.numbers ?? []),
    afterDelete: (request, document) => markUse(request, usedBy, document.numbers ?? [], []),
    present: async (request, shown, document) => ({
      ...shown,
      metadata: await metadata(request, document.flow as FlowNode | undefined),
    }),
  }),
  [
    accountEndpoint('users/:user_id/callflows', {
      GET: operation('account', 'Callflows of a user', listOfUser, { list: true }),
    }),
  ],
);

async function listOfUser(request: RestRequest): Promise<ListReply> {
  const { _id } = await load(targetDatabase(request), user, pathParameter(request, 'user_id'));
  const query = { ...request.query, filter_owner_id: _id };
  return list({ ...request, query }, targetDatabase(request), listing);
}

function checkPatterns(patterns: readonly string[]): void {
  const violations = patterns.flatMap((pattern, at) => {
    try {
      new RegExp(pattern);
      return [];
    } catch {
      const message = 'must be a regular expression';
      return [{ path: `patterns.${at}`, code: 'pattern', message, value: pattern }];
    }
  });
  if (violations.length > 0) throw new AppError('invalid_data', { details: { violations } });
}

/** Name and type of every document that a flow refers to, by `data.id` or by another field of it whose name ends so. */
async function metadata(request: RestRequest, flow: FlowNode | undefined): Promise<Record<string, unknown>> {
  const database = targetDatabase(request);
  const ids = [...new Set(idsOf(flow))].filter((id) => /^[0-9a-f]{32}$/.test(id));
  const documents = await Promise.all(ids.map((id) => database.find(id)));
  return Object.fromEntries(
    documents.flatMap((document) => {
      if (!document) return [];
      const { name, numbers, first_name, last_name, username } = publicPart(document);
      const about = { name, numbers, first_name, last_name, username, pvt_type: document.pvt_type };
      return [[document._id, about]];
    }),
  );
}

function idsOf(node: unknown): string[] {
  if (!isRecord(node)) return [];
  const data = isRecord(node['data']) ? Object.entries(node['data']) : [];
  const ids = data.flatMap(([key, value]) =>
    /(^|_)id$/.test(key) && typeof value === 'string' ? [value] : [],
  );
  const children = isRecord(node['children']) ? Object.values(node['children']) : [];
  return [...ids, ...children.flatMap(idsOf)];
}
