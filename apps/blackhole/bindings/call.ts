// call.EVENT.CALL_ID: what happens to the legs of an account.
import { segment } from '../../../core/contract/index.ts';
import { callBindings } from '../../../core/websockets/index.ts';
import { chosen, type Family, ofAccount } from './binding.ts';

export const call: Family = async ([event, ...rest], { id }) => {
  const events = chosen(event, callBindings);
  const callId = rest.join('.');
  if (events.length === 0 || callId === '') return undefined;
  return {
    audience: ofAccount(id),
    topics: events.map((name) => ({ exchange: 'callevt', key: `call.${name}.${segment(callId)}` })),
  };
};
