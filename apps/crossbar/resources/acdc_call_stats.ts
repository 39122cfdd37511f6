// acdc_call_stats: calls that went through queues, newest first, also as CSV.
import {
  accountEndpoint,
  type ListReply,
  monthList,
  operation,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';

const columns = [
  'id',
  'entered_timestamp',
  'handled_timestamp',
  'caller_id_number',
  'caller_id_name',
  'entered_position',
  'status',
  'agent_id',
  'wait_time',
  'talk_time',
  'queue_id',
];

export const acdc_call_stats: RestModule = {
  name: 'acdc_call_stats',
  summary: 'Calls that went through queues',
  endpoints: [
    accountEndpoint('acdc_call_stats', {
      GET: operation('account', 'Calls that went through queues, newest first', list, {
        list: true,
      }),
    }),
  ],
};

function list(request: RestRequest): Promise<ListReply> {
  return monthList(request, {
    design: 'call_stats',
    view: 'crossbar_listing',
    plainKey: true,
    columns,
    fileName: 'acdc_call_stats',
  });
}
