// Walks a callflow: runs each node's action and goes where its outcome says (contract/callflow.md §3).
import { type ActionContract, type FlowNode, isFlowNode, type Outcome } from '../../core/contract/index.ts';
import { hasCode, toAppError } from '../../core/errors/index.ts';
import { inSpan } from '../../core/trace/index.ts';
import type { Call } from './call/call.ts';
import type { Position } from './call/standing.ts';

/** How a walk ended. `hangup`: the call is to be hung up, with this cause. `released`: something else controls the call. */
export type WalkEnd =
  | { readonly end: 'hangup'; readonly cause?: string }
  | { readonly end: 'released' }
  | { readonly end: 'gone' };

export type ActionTable = Readonly<Record<string, ActionContract<string, Call>>>;

export interface WalkOptions {
  readonly actions: ActionTable;
  /** `callflow.max_branch_count`: branches in one call before the walk stops. */
  readonly maxBranches?: number;
  /** Takes the tokens of a node that has a bucket; false stops the walk. */
  readonly mayRun?: (node: FlowNode) => Promise<boolean>;
  /** Told before each node: where the walk is, for the checkpoint that another process resumes from. */
  readonly onNode?: (position: Position) => void;
}

/** Walks from `start` to the end. Never rejects: an action that fails goes on with `_`, a call that is gone ends the walk. */
export async function walk(call: Call, start: Position, options: WalkOptions): Promise<WalkEnd> {
  const { flow, stack = [], branches = 0, begun = false } = start;
  const walkState: Walk = { node: asNode(flow), stack: [...stack], branches, options };
  if (begun && walkState.node && isSkipped(walkState.node, options.actions))
    walkState.node = childOf(walkState.node, '_');
  for (;;) {
    const { node } = walkState;
    if (!node) {
      const stacked = walkState.stack.pop();
      if (!stacked) return { end: 'hangup' };
      walkState.node = asNode(stacked);
      continue;
    }
    options.onNode?.({ flow: node, stack: [...walkState.stack], branches: walkState.branches, begun: true });
    if ((await options.mayRun?.(node)) === false) {
      call.log.warn('the token bucket of a callflow is empty; the flow stops', { module: node.module });
      return { end: 'hangup' };
    }
    const outcome = await run(call, node, options.actions);
    if (call.ended) return outcome.do === 'release' ? { end: 'released' } : { end: 'gone' };
    const end = step(walkState, node, outcome);
    if (end) return end;
  }
}

const isSkipped = (node: FlowNode, actions: ActionTable): boolean =>
  Object.hasOwn(actions, node.module) && actions[node.module]?.onResume === 'skip';

interface Walk {
  node: FlowNode | undefined;
  readonly stack: FlowNode[];
  branches: number;
  readonly options: WalkOptions;
}

function step(walkState: Walk, node: FlowNode, outcome: Outcome): WalkEnd | undefined {
  switch (outcome.do) {
    case 'next':
      walkState.node = childOf(node, outcome.key);
      return undefined;
    case 'stop':
      if (walkState.stack.length === 0)
        return outcome.cause === undefined ? { end: 'hangup' } : { end: 'hangup', cause: outcome.cause };
      walkState.node = undefined;
      return undefined;
    case 'hard_stop':
      return { end: 'hangup' };
    case 'release':
      return { end: 'released' };
    case 'branch': {
      walkState.branches += 1;
      if (walkState.branches > (walkState.options.maxBranches ?? 50)) return { end: 'hangup' };
      const rest = asNode(node.children?.['_']);
      if (rest) walkState.stack.push(rest);
      walkState.node = asNode(outcome.flow);
      return undefined;
    }
  }
}

async function run(call: Call, node: FlowNode, actions: ActionTable): Promise<Outcome> {
  const action = Object.hasOwn(actions, node.module) ? actions[node.module] : undefined;
  if (!action) call.log.warn('callflow names an unknown action; it is skipped', { module: node.module });
  if (!action || node.data?.['skip_module'] === true) return { do: 'next', key: '_' };
  call.log.debug('action begins', { module: node.module });
  try {
    return await inSpan(`action ${node.module}`, {}, () => action.run(call, node));
  } catch (error) {
    if (hasCode(error, 'call_lost')) return { do: 'release' };
    if (hasCode(error, 'call_hung_up')) return { do: 'stop' };
    call.log.error('action failed; the flow goes on behind it', {
      module: node.module,
      error: toAppError(error),
    });
    return { do: 'next', key: '_' };
  }
}

/** The child named `key`, else the child `_`. */
function childOf(node: FlowNode, key: string): FlowNode | undefined {
  const { children } = node;
  if (!children) return undefined;
  const named = Object.hasOwn(children, key) ? children[key] : undefined;
  return asNode(named ?? (Object.hasOwn(children, '_') ? children['_'] : undefined));
}

/** An empty flow stops. */
const asNode = (value: unknown): FlowNode | undefined => (isFlowNode(value) ? value : undefined);
