// pivot: traces of what pivot asked the programs of an account, by call (contract/crossbar.md §6.2).
import { fromGregorian, monthOf } from '../../../core/couch/index.ts';
import { pivotDebug } from '../../../core/documents/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  type DataReply,
  missing,
  monthOfId,
  monthRows,
  operation,
  pathParameter,
  publicPart,
  type RestModule,
  type RestRequest,
  typed,
  windowOf,
} from '../engine/index.ts';

export const pivot: RestModule = {
  name: 'pivot',
  summary: 'Traces of pivot',
  endpoints: [
    accountEndpoint('pivot/debug', {
      GET: operation('account', 'Calls that have a trace, the newest first', listCalls),
    }),
    accountEndpoint('pivot/debug/:debug_id', {
      GET: operation('account', 'The trace of a call: requests and answers in their order', readCall),
    }),
  ],
};

/** Month and call: which trace a client asks for. */
const debugId = (callId: unknown, created: number): string =>
  `${monthOf(fromGregorian(created))}-${String(callId)}`;

/** Requests of the newest traces that are looked at for a list. */
const mostRequests = 5000;

/** The first request of each call, newest first. The views of Kazoo's are by call, and so it has no pages. */
async function listCalls(request: RestRequest): Promise<DataReply> {
  const listing = {
    design: 'pivot',
    view: 'debug_listing',
    wholeMonths: true,
    options: { includeDocs: true },
  };
  const all = { start: undefined, end: undefined, descending: true };
  const rows = await monthRows(request, listing, await windowOf(request), all, mostRequests);
  const calls = rows
    .flatMap(({ doc }) => typed(pivotDebug, doc) ?? [])
    .filter(({ iteration }) => iteration === 1)
    .map(({ call_id, pvt_created: created = 0, uri, status_code, iteration, pvt_node: node }) => ({
      ...{ call_id, created, uri, status_code, node, iteration },
      debug_id: debugId(call_id, created),
    }))
    .sort((a, b) => b.created - a.created);
  return { data: calls };
}

/** Rejects with `bad_identifier` when the call has no trace. */
async function readCall(request: RestRequest): Promise<DataReply> {
  const id = pathParameter(request, 'debug_id');
  const callId = id.slice(7);
  const rows = await monthOfId(request, id)
    .view('pivot', 'debug_listing', { startKey: [callId], endKey: [callId, {}], includeDocs: true })
    .catch((error: unknown) => {
      if (hasCode(error, 'datastore_missing')) return [];
      throw error;
    });
  const found = rows.flatMap(({ doc }) => doc ?? []);
  if (found.length === 0) throw missing(id);
  return {
    data: found.map(({ pvt_created: created = 0, pvt_node: node, ...more }) => ({
      ...publicPart(more),
      created,
      ...(node !== undefined && { node }),
      debug_id: id,
    })),
  };
}
