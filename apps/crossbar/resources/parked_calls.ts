// parked_calls: the slots that calls are parked in.
import { isRecord } from '../../../core/contract/index.ts';
import { parkedCall } from '../../../core/documents/index.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import {
  accountEndpoint,
  type DataReply,
  operation,
  type RestModule,
  type RestRequest,
  targetDatabase,
} from '../engine/index.ts';

export const parked_calls: RestModule = {
  name: 'parked_calls',
  summary: 'Parked calls',
  endpoints: [accountEndpoint('parked_calls', { GET: operation('account', 'Parked calls, by slot', list) })],
};

async function list(request: RestRequest): Promise<DataReply> {
  const rows = await targetDatabase(request).view('parking', 'parked_calls', { includeDocs: true });
  const slots = rows.flatMap(({ id, doc }) => {
    const [, number] = /^parking-slot-(.+)$/.exec(id) ?? [];
    const slot = doc?.pvt_type === parkedCall.type ? doc['slot'] : undefined;
    return number !== undefined && isRecord(slot) ? [[number, snakeCase(slot)] as const] : [];
  });
  return { data: { slots: Object.fromEntries(slots) } };
}
