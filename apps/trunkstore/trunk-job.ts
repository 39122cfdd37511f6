// What a PBX call comes to, before it is won: the work to do with it, or a refusal.
import type { AppContext } from '../../core/app/index.ts';
import type { CallControl } from '../../core/calls/index.ts';
import type { Outcome } from './attempts.ts';
import type { Calls, TrunkCall } from './calls.ts';
import type { Meters } from './meters.ts';

export interface TrunkOptions {
  readonly context: AppContext;
  readonly control: CallControl;
  readonly calls: Calls;
  readonly meters: Meters;
}

/** What is to be done with a call once it is won, or why it is refused without. */
export type TrunkJob =
  | { readonly direction: 'inbound' | 'outbound'; readonly work: (call: TrunkCall) => Promise<Outcome> }
  | { readonly refuse: { readonly code: number; readonly text: string } };
