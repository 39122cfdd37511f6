// dialplans: rules for dialled numbers that the system offers to accounts (contract/crossbar.md §6.2).
import { isRecord, Type } from '../../../core/contract/index.ts';
import {
  accountEndpoint,
  type DataReply,
  operation,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';

export const dialplans: RestModule = {
  name: 'dialplans',
  summary: 'Rules for dialled numbers',
  endpoints: [
    accountEndpoint('dialplans', {
      GET: operation('account', 'Rules of the system by name', read, {
        reply: Type.Record(Type.String(), Type.Object({ name: Type.Optional(Type.String()) })),
      }),
    }),
  ],
};

/** `system_config/dialplans` has them by name, or by the pattern that they are for, each one rule or several. */
async function read({ services }: RestRequest): Promise<DataReply> {
  const document = await services.store.database('system_config').find('dialplans');
  const rules = isRecord(document?.['default']) ? Object.entries(document['default']) : [];
  const named = rules.flatMap(([key, value]) =>
    [value].flat().flatMap((rule): [string, object][] => {
      if (!isRecord(rule)) return [];
      const { name } = rule;
      return typeof name === 'string' && name !== ''
        ? [[name, { ...rule, regex: key }]]
        : [[key, { ...rule, name: key }]];
    }),
  );
  return { data: Object.fromEntries(named) };
}
