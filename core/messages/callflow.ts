// Going on with a callflow on a live call (contract/kapi.md, kapi_callflow).
import { message, Type } from '../contract/index.ts';
import { all, Count, Vars } from './fields.ts';

/**
 * `Flow` is the node to go on with and all below it, `Call` the call as JSON. Ours beside Kazoo's keys: `Stack`, the
 * flows to return to after branches, the next one last; `Branches` taken so far; `Note`, what the action at the top of
 * `Flow` wants to find again. A `Note` says that this action had begun; without one it has not.
 */
export const resumeFields = {
  ...all(Vars, 'Call Flow'),
  Stack: Type.Optional(Type.Array(Vars)),
  Branches: Type.Optional(Count),
  Note: Type.Optional(Vars),
};

/**
 * Go on with a call whose controller died or hands over. Any callflow instance may take it; it answers with a
 * `checkpoint` command on the call's control queue.
 */
export const resume = message({
  category: 'callflow',
  name: 'resume',
  exchange: 'kapps',
  key: () => 'callflow.resume',
  fields: resumeFields,
});
