// Ringing endpoints or carriers, and where the flow goes when nobody takes the call (contract/callflow.md §3).
import type { CommandFields } from '../../../core/calls/index.ts';
import { type FlowNode, next, type Outcome, release, stop } from '../../../core/contract/index.ts';
import type { Call } from './call.ts';

/** How an attempt to connect the caller ended. */
export type Connected =
  | { readonly connected: true }
  | {
      readonly connected: false;
      readonly transferred: boolean;
      readonly cause: string;
      readonly code: string;
    };

/** Rings endpoints and stays until the two legs part; goes on with the ringing of the process before this one. */
export async function ring(call: Call, fields: CommandFields<'bridge'>): Promise<Connected> {
  const done = await call.bridge(fields);
  const result = String(done['Application-Response'] ?? '');
  if (call.bridged || result === 'SUCCESS') return { connected: true };
  const cause = result || done['Hangup-Cause'] || 'NORMAL_TEMPORARY_FAILURE';
  return { connected: false, transferred: cause === 'TRANSFER', cause, code: done['Hangup-Code'] ?? '' };
}

/**
 * The outcome of a device, user, group or ring group: stop when it was answered, else the child of the cause, else `_`.
 * Where nothing follows, the caller is told why nobody took the call.
 */
export function afterRinging(node: FlowNode, result: Connected): Outcome {
  if (result.connected) return stop();
  if (result.transferred) return release;
  const key = failureKey(node, result) ?? '_';
  return hasChild(node, key) ? next(key) : stop(result.cause);
}

// A leg that rings out on its own timeout ends with another cause than a call that rings out as a whole.
const sameAs: Readonly<Record<string, string>> = { ALLOTTED_TIMEOUT: 'NO_ANSWER' };

/** The child named by the hangup cause, else the one named by the SIP code (`sip:486`). */
export function failureKey(
  node: FlowNode,
  { cause, code }: { readonly cause: string; readonly code: string },
): string | undefined {
  const keys = [cause, sameAs[cause] ?? '', code];
  return keys.find((key) => key !== '' && node.children !== undefined && Object.hasOwn(node.children, key));
}

function hasChild(node: FlowNode, key: string): boolean {
  return node.children !== undefined && Object.hasOwn(node.children, key);
}
