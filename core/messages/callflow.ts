// Going on with a callflow on a live call (contract/kapi.md, kapi_callflow).
import { message, Type } from '../contract/index.ts';
import { all, Count, Flag, Vars } from './fields.ts';

/**
 * `Flow` is the node to go on with and all below it, `Call` the call as JSON. Ours beside Kazoo's keys: `Begun`, whether the
 * action at the top of `Flow` had begun, so that it is repeated or skipped as it declares; `Note`, what that action had noted
 * for its repetition; `Stack`, the flows to return to after branches, the next one last; `Branches` taken so far.
 */
export const resumeFields = {
  ...all(Vars, 'Call Flow'),
  Begun: Type.Optional(Flag),
  Note: Type.Optional(Vars),
  Stack: Type.Optional(Type.Array(Vars)),
  Branches: Type.Optional(Count),
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
