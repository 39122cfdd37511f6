// Where a flow stands: what a checkpoint carries beside the call itself.
import type { FlowNode } from '../../../core/contract/index.ts';

/** What an action wants to find again when another process repeats it. Must survive JSON, and be small. */
export type Note = Readonly<Record<string, unknown>>;

/** Where a walk is: enough to go on from there in another process. Must survive JSON. */
export interface Position {
  readonly flow: FlowNode;
  /** The flows to return to after branches, the next one last. */
  readonly stack?: readonly FlowNode[];
  /** Branches taken so far. */
  readonly branches?: number;
  /** The action of `flow` had begun in another process: it is repeated or skipped, as it declares. */
  readonly begun?: boolean;
}

/** A position, and what the action there has noted. */
export interface Standing extends Position {
  readonly note?: Note;
}
