// The flow to run for a found callflow: the account's preflow goes first.
import { type FlowNode, getAt } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import type { Lookup } from './lookup.ts';

/** The flow with `preflow.always` of the account before it; `{}`-like flows become undefined. */
export async function flowToRun(
  database: Database,
  accountId: string,
  found: Lookup,
): Promise<FlowNode | undefined> {
  const preflow = getAt(await database.find(accountId), 'preflow.always');
  if (typeof preflow !== 'string' || preflow === '' || preflow === found.callflowId) return found.flow;
  return { module: 'callflow', data: { id: preflow }, children: found.flow ? { _: found.flow } : {} };
}
