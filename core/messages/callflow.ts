// Going on with a callflow on a live call (contract/kapi.md, kapi_callflow).
import { message } from '../contract/index.ts';
import { all, Vars } from './fields.ts';

/** `Flow` is what is left of the callflow, `Call` the call as JSON. Any callflow instance may take it. */
export const resume = message({
  category: 'callflow',
  name: 'resume',
  exchange: 'kapps',
  key: () => 'callflow.resume',
  fields: all(Vars, 'Call Flow'),
});
